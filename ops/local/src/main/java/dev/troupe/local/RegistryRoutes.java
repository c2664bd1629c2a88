package dev.troupe.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The paths of Confluent's REST API, answered from {@link Subjects}. */
final class RegistryRoutes {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Subjects subjects;
    private final SchemaCatalog catalog;
    private final List<Route> routes;

    /** A request, taken apart: path variables in their order, query parameters, body. */
    record Call(List<String> variables, Map<String, String> query, String body) {

        String first() {
            return variables.getFirst();
        }

        boolean flag(String name) {
            return Boolean.parseBoolean(query.get(name));
        }
    }

    @FunctionalInterface
    private interface Handler {
        Object answer(Call call) throws RegistryError;
    }

    /** A method and a path; {@code *} stands for one variable segment. */
    private record Route(String method, List<String> path, Handler handler) {

        static Route of(String method, String path, Handler handler) {
            return new Route(method, List.of(path.split("/")), handler);
        }

        Optional<List<String>> match(List<String> segments) {
            if (segments.size() != path.size()) {
                return Optional.empty();
            }
            var variables = new ArrayList<String>();
            for (int i = 0; i < segments.size(); i++) {
                if (path.get(i).equals("*")) {
                    variables.add(segments.get(i));
                } else if (!path.get(i).equals(segments.get(i))) {
                    return Optional.empty();
                }
            }
            return Optional.of(variables);
        }
    }

    RegistryRoutes(Subjects subjects) {
        this.subjects = subjects;
        this.catalog = subjects.catalog();
        this.routes = List.of(
                Route.of("GET", "subjects", this::listSubjects),
                Route.of("POST", "subjects/*", this::lookup),
                Route.of("POST", "subjects/*/versions", this::register),
                Route.of("GET", "subjects/*/versions", this::listVersions),
                Route.of("GET", "subjects/*/versions/*", call -> describe(version(call))),
                Route.of(
                        "GET",
                        "subjects/*/versions/*/schema",
                        call -> raw(version(call).schema())),
                Route.of("GET", "schemas/types", _ -> List.of(AvroSchema.TYPE)),
                Route.of(
                        "GET",
                        "schemas/ids/*",
                        call -> Map.of("schema", byId(call).canonicalString())),
                Route.of("GET", "schemas/ids/*/schema", call -> raw(byId(call))),
                Route.of("GET", "schemas/ids/*/subjects", this::subjectsOfId),
                Route.of("GET", "schemas/ids/*/versions", this::versionsOfId),
                Route.of("POST", "compatibility/subjects/*/versions", this::checkAll),
                Route.of("POST", "compatibility/subjects/*/versions/*", this::check),
                Route.of("GET", "config", _ -> Map.of("compatibilityLevel", catalog.globalLevel().name)),
                Route.of("PUT", "config", call -> setLevel(Optional.empty(), call)),
                Route.of("GET", "config/*", this::level),
                Route.of("PUT", "config/*", call -> setLevel(Optional.of(call.first()), call)),
                Route.of("GET", "mode", _ -> Map.of("mode", "READWRITE")),
                Route.of("GET", "mode/*", RegistryRoutes::mode));
    }

    /** The answer as a value that Jackson writes; segments are decoded, without empty ones. */
    Object answer(String method, List<String> segments, Map<String, String> query, String body) throws RegistryError {
        boolean pathKnown = segments.isEmpty();
        if (pathKnown && method.equals("GET")) {
            return Map.of();
        }
        for (Route route : routes) {
            Optional<List<String>> variables = route.match(segments);
            if (variables.isPresent()) {
                if (route.method().equals(method)) {
                    return route.handler().answer(new Call(variables.get(), query, body));
                }
                pathKnown = true;
            }
        }
        throw pathKnown ? RegistryError.methodNotAllowed() : RegistryError.noSuchPath();
    }

    private Object listSubjects(Call call) {
        String prefix = call.query().getOrDefault("subjectPrefix", "");
        return catalog.subjects().stream()
                .filter(subject -> subject.startsWith(prefix))
                .toList();
    }

    private Object register(Call call) throws RegistryError {
        return Map.of("id", subjects.register(call.first(), schema(call)).id());
    }

    private Object lookup(Call call) throws RegistryError {
        return describe(subjects.lookup(call.first(), schema(call)));
    }

    private Object listVersions(Call call) throws RegistryError {
        List<RegisteredSchema> versions = catalog.versions(call.first());
        if (versions.isEmpty()) {
            throw RegistryError.subjectNotFound(call.first());
        }
        return versions.stream().map(RegisteredSchema::version).toList();
    }

    private RegisteredSchema version(Call call) throws RegistryError {
        return subjects.version(call.first(), call.variables().getLast());
    }

    private AvroSchema byId(Call call) throws RegistryError {
        int id = id(call);
        return catalog.byId(id).orElseThrow(() -> RegistryError.schemaNotFound(id));
    }

    private static int id(Call call) throws RegistryError {
        try {
            return Integer.parseInt(call.first());
        } catch (NumberFormatException _) {
            throw RegistryError.noSuchPath();
        }
    }

    private Object subjectsOfId(Call call) throws RegistryError {
        byId(call);
        return catalog.usesOf(id(call)).stream()
                .map(RegisteredSchema::subject)
                .distinct()
                .toList();
    }

    private Object versionsOfId(Call call) throws RegistryError {
        byId(call);
        return catalog.usesOf(id(call)).stream()
                .map(use ->
                        JSON.createObjectNode().put("subject", use.subject()).put("version", use.version()))
                .toList();
    }

    private Object check(Call call) throws RegistryError {
        return verdict(
                call, subjects.problemsWith(call.first(), call.variables().getLast(), schema(call)));
    }

    private Object checkAll(Call call) throws RegistryError {
        return verdict(call, subjects.problemsWithAll(call.first(), schema(call)));
    }

    private static Object verdict(Call call, List<String> problems) {
        ObjectNode verdict = JSON.createObjectNode().put("is_compatible", problems.isEmpty());
        if (call.flag("verbose")) {
            problems.forEach(verdict.putArray("messages")::add);
        }
        return verdict;
    }

    private Object level(Call call) throws RegistryError {
        Optional<CompatibilityLevel> own = catalog.level(call.first());
        if (own.isEmpty() && !call.flag("defaultToGlobal")) {
            throw RegistryError.noSubjectCompatibility(call.first());
        }
        return Map.of("compatibilityLevel", subjects.effectiveLevel(call.first()).name);
    }

    private Object setLevel(Optional<String> subject, Call call) throws RegistryError {
        CompatibilityLevel level =
                CompatibilityLevel.forName(json(call).path("compatibility").asText());
        if (level == null) {
            throw RegistryError.invalidCompatibility();
        }
        subjects.setLevel(subject, level);
        return Map.of("compatibility", level.name);
    }

    private static Object mode(Call call) throws RegistryError {
        if (!call.flag("defaultToGlobal")) {
            throw RegistryError.noSubjectMode(call.first());
        }
        return Map.of("mode", "READWRITE");
    }

    private static AvroSchema schema(Call call) throws RegistryError {
        JsonNode body = json(call);
        String type = body.path("schemaType").asText(AvroSchema.TYPE);
        if (!type.equals(AvroSchema.TYPE) && !type.equals("null")) {
            throw RegistryError.unsupported("The schema type " + type);
        }
        if (!body.path("references").isEmpty()) {
            throw RegistryError.unsupported("A schema with references");
        }
        String text = body.path("schema").asText();
        if (text.isBlank()) {
            throw RegistryError.invalidSchema("the schema is empty");
        }
        try {
            // "New" parses strictly: defaults must fit their types.
            var schema = new AvroSchema(text, List.of(), Map.of(), null, true);
            AvroSchema wanted = call.flag("normalize") ? schema.normalize() : schema;
            wanted.canonicalString(); // fails on a name that nothing defines
            return wanted;
        } catch (RuntimeException e) { // Avro's parser throws many kinds
            throw RegistryError.invalidSchema(String.valueOf(e.getMessage()));
        }
    }

    private static JsonNode json(Call call) throws RegistryError {
        try {
            JsonNode body = JSON.readTree(call.body());
            if (body.isObject()) {
                return body;
            }
        } catch (IOException e) {
            throw RegistryError.badRequest("The request is not JSON: " + e.getMessage());
        }
        throw RegistryError.badRequest("The request is not a JSON object");
    }

    private static ObjectNode describe(RegisteredSchema known) {
        return JSON.createObjectNode()
                .put("subject", known.subject())
                .put("version", known.version())
                .put("id", known.id())
                .put("schema", known.schema().canonicalString());
    }

    private static JsonNode raw(AvroSchema schema) {
        try {
            return JSON.readTree(schema.canonicalString());
        } catch (IOException e) {
            throw new IllegalStateException("a registered schema is not JSON", e);
        }
    }
}
