package dev.troupe.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a schema registry must answer so that Confluent's clients, and Troupe, work with it. Knows only a URL; every
 * test uses a subject of its own, so that it can run against a registry that others use.
 */
public abstract class RegistryConformance {

    static final String V1 = record("{'name':'a','type':'string'}");
    static final String V2_WITH_DEFAULT = record("{'name':'a','type':'string'},{'name':'b','type':'int','default':0}");
    static final String V2_WITHOUT_DEFAULT = record("{'name':'a','type':'string'},{'name':'b','type':'int'}");
    static final String V3_RETYPED = record("{'name':'a','type':'int'}");

    private static final ObjectMapper JSON = new ObjectMapper();

    final String subject = "conformance " + UUID.randomUUID() + "/é+%-value";
    private final HttpClient http = HttpClient.newHttpClient();

    /** Where the registry is, without a slash at the end. */
    protected abstract String url();

    /** An answer: its HTTP status and its JSON. */
    record Answer(int status, JsonNode body) {

        void isError(int expectedStatus, int code) {
            assertThat(status).as(body.toString()).isEqualTo(expectedStatus);
            assertThat(body.path("error_code").asInt()).isEqualTo(code);
            assertThat(body.path("message").asText()).isNotBlank();
        }
    }

    @AfterEach
    void closeClient() {
        http.close();
    }

    static String record(String fields) {
        return "{'type':'record','name':'R','namespace':'conformance','fields':[%s]}"
                .formatted(fields)
                .replace('\'', '"');
    }

    Answer call(String method, String path, Object body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url() + path))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .method(method, BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
        var response = http.send(request.build(), BodyHandlers.ofByteArray());
        return new Answer(response.statusCode(), JSON.readTree(response.body()));
    }

    Answer get(String path) throws IOException, InterruptedException {
        var response =
                http.send(HttpRequest.newBuilder(URI.create(url() + path)).build(), BodyHandlers.ofByteArray());
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).contains("json"));
        return new Answer(response.statusCode(), JSON.readTree(response.body()));
    }

    String path(String format) {
        return format.replace("{s}", encoded(subject));
    }

    private static String encoded(String segment) {
        return URLEncoder.encode(segment, UTF_8).replace("+", "%20");
    }

    int register(String schema) throws IOException, InterruptedException {
        Answer answer = call("POST", path("/subjects/{s}/versions"), Map.of("schema", schema));
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return answer.body().get("id").asInt();
    }

    @Test
    void registeringTwiceGivesTheSameIdAndOneVersion() throws Exception {
        int id = register(V1);

        assertThat(register(V1)).isEqualTo(id);
        assertThat(register(V1.replace(",", " , "))).as("other white space").isEqualTo(id);
        assertThat(get(path("/subjects/{s}/versions")).body().toString()).isEqualTo("[1]");
    }

    @Test
    void theSameSchemaHasOneIdInAllSubjects() throws Exception {
        int id = register(V1);
        Answer other = call("POST", path("/subjects/{s}-2/versions"), Map.of("schema", V1));

        assertThat(other.body().get("id").asInt()).isEqualTo(id);
    }

    @Test
    void looksUpASchemaUnderASubject() throws Exception {
        call("POST", path("/subjects/{s}"), Map.of("schema", V1)).isError(404, 40401);
        int id = register(V1);

        Answer found = call("POST", path("/subjects/{s}?normalize=false&deleted=false"), Map.of("schema", V1));

        assertThat(found.status()).isEqualTo(200);
        assertThat(found.body().get("subject").asText()).isEqualTo(subject);
        assertThat(found.body().get("version").asInt()).isEqualTo(1);
        assertThat(found.body().get("id").asInt()).isEqualTo(id);
        assertThat(JSON.readTree(found.body().get("schema").asText())).isEqualTo(JSON.readTree(V1));
        call("POST", path("/subjects/{s}"), Map.of("schema", V2_WITH_DEFAULT)).isError(404, 40403);
    }

    @Test
    void resolvesIds() throws Exception {
        int id = register(V1);

        Answer byId = get("/schemas/ids/" + id);

        assertThat(JSON.readTree(byId.body().get("schema").asText())).isEqualTo(JSON.readTree(V1));
        assertThat(get("/schemas/ids/" + id + "/subjects").body())
                .anySatisfy(name -> assertThat(name.asText()).isEqualTo(subject));
        assertThat(get("/schemas/ids/" + id + "/versions").body()).anySatisfy(use -> {
            assertThat(use.get("subject").asText()).isEqualTo(subject);
            assertThat(use.get("version").asInt()).isEqualTo(1);
        });
        get("/schemas/ids/2000000000").isError(404, 40403);
    }

    @Test
    void listsVersionsAndTheLatest() throws Exception {
        get(path("/subjects/{s}/versions")).isError(404, 40401);
        get(path("/subjects/{s}/versions/latest")).isError(404, 40401);
        register(V1);
        int second = register(V2_WITH_DEFAULT);

        assertThat(get(path("/subjects/{s}/versions")).body().toString()).isEqualTo("[1,2]");
        Answer latest = get(path("/subjects/{s}/versions/latest"));
        assertThat(latest.body().get("version").asInt()).isEqualTo(2);
        assertThat(latest.body().get("id").asInt()).isEqualTo(second);
        assertThat(get(path("/subjects/{s}/versions/1")).body().get("version").asInt())
                .isEqualTo(1);
        get(path("/subjects/{s}/versions/9")).isError(404, 40402);
        assertThat(get("/subjects").body())
                .anySatisfy(name -> assertThat(name.asText()).isEqualTo(subject));
    }

    @Test
    void refusesWhatIsNoSchema() throws Exception {
        call("POST", path("/subjects/{s}/versions"), Map.of("schema", "{\"type\":\"nonsense\"}"))
                .isError(422, 42201);
        call("POST", path("/subjects/{s}/versions"), Map.of("schema", "{")).isError(422, 42201);
        get(path("/subjects/{s}/versions")).isError(404, 40401);
    }

    @Test
    void refusesAnIncompatibleVersionAndKeepsTheSubject() throws Exception {
        call("PUT", path("/config/{s}"), Map.of("compatibility", "BACKWARD"));
        register(V1);

        call("POST", path("/subjects/{s}/versions"), Map.of("schema", V2_WITHOUT_DEFAULT))
                .isError(409, 409);
        assertThat(get(path("/subjects/{s}/versions")).body().toString()).isEqualTo("[1]");
    }

    @Test
    void checksCompatibilityWithoutRegistering() throws Exception {
        call("PUT", path("/config/{s}"), Map.of("compatibility", "BACKWARD"));
        String latest = path("/compatibility/subjects/{s}/versions/latest");
        assertThat(call("POST", latest, Map.of("schema", V1))
                        .body()
                        .get("is_compatible")
                        .asBoolean())
                .as("nothing to be compatible with")
                .isTrue();
        register(V1);

        assertThat(call("POST", latest, Map.of("schema", V2_WITH_DEFAULT))
                        .body()
                        .get("is_compatible"))
                .isEqualTo(JSON.getNodeFactory().booleanNode(true));
        Answer no = call("POST", latest + "?verbose=true", Map.of("schema", V2_WITHOUT_DEFAULT));
        assertThat(no.status()).isEqualTo(200);
        assertThat(no.body().get("is_compatible").asBoolean(true)).isFalse();
        call("POST", path("/compatibility/subjects/{s}/versions/7"), Map.of("schema", V1))
                .isError(404, 40402);
        call("POST", latest, Map.of("schema", "{")).isError(422, 42201);
        assertThat(get(path("/subjects/{s}/versions")).body().toString()).isEqualTo("[1]");
    }

    @Test
    void transitiveLevelsLookAtAllVersions() throws Exception {
        call("PUT", path("/config/{s}"), Map.of("compatibility", "NONE"));
        register(V1);
        register(V3_RETYPED);
        String all = path("/compatibility/subjects/{s}/versions");
        String next = record("{'name':'a','type':'int'},{'name':'c','type':'int','default':1}");

        call("PUT", path("/config/{s}"), Map.of("compatibility", "FULL_TRANSITIVE"));
        assertThat(call("POST", all, Map.of("schema", next))
                        .body()
                        .get("is_compatible")
                        .asBoolean(true))
                .isFalse();
        call("POST", path("/subjects/{s}/versions"), Map.of("schema", next)).isError(409, 409);
    }

    @Test
    void keepsACompatibilityLevelPerSubject() throws Exception {
        assertThat(get(path("/config/{s}")).status()).isEqualTo(404);
        assertThat(get("/config").body().get("compatibilityLevel").asText()).isNotEmpty();

        Answer put = call("PUT", path("/config/{s}"), Map.of("compatibility", "FULL"));

        assertThat(put.body().get("compatibility").asText()).isEqualTo("FULL");
        assertThat(get(path("/config/{s}")).body().get("compatibilityLevel").asText())
                .isEqualTo("FULL");
        call("PUT", path("/config/{s}"), Map.of("compatibility", "SOMETIMES")).isError(422, 42203);
    }

    @Test
    void isWritable() throws Exception {
        assertThat(get("/mode").body().get("mode").asText()).isEqualTo("READWRITE");
    }
}
