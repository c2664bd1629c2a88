package dev.troupe.local;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import java.util.List;

/** An answer of the registry that is not a success, with Confluent's error codes and wording. */
final class RegistryError extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final int code;

    private RegistryError(int status, int code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    int status() {
        return status;
    }

    int code() {
        return code;
    }

    static RegistryError subjectNotFound(String subject) {
        return new RegistryError(404, 40401, "Subject '%s' not found.".formatted(subject));
    }

    static RegistryError versionNotFound(int version) {
        return new RegistryError(404, 40402, "Version %d not found.".formatted(version));
    }

    static RegistryError schemaNotFound() {
        return new RegistryError(404, 40403, "Schema not found");
    }

    static RegistryError schemaNotFound(int id) {
        return new RegistryError(404, 40403, "Schema %d not found".formatted(id));
    }

    static RegistryError noSubjectCompatibility(String subject) {
        return new RegistryError(
                404, 40408, "Subject '%s' does not have subject-level compatibility configured".formatted(subject));
    }

    static RegistryError noSubjectMode(String subject) {
        return new RegistryError(
                404, 40409, "Subject '%s' does not have subject-level mode configured".formatted(subject));
    }

    static RegistryError incompatible(String subject, List<String> details) {
        return new RegistryError(
                409,
                409,
                "Schema being registered is incompatible with an earlier schema for subject \"%s\", details: %s"
                        .formatted(subject, details));
    }

    static RegistryError invalidSchema(String details) {
        return new RegistryError(
                422, 42201, "Invalid schema of type %s, details: %s".formatted(AvroSchema.TYPE, details));
    }

    static RegistryError unsupported(String what) {
        return new RegistryError(
                422, 42201, what + " is not supported by the local registry; use a full registry for it");
    }

    static RegistryError invalidVersion(String version) {
        return new RegistryError(
                422,
                42202,
                "The specified version '%s' is not a valid version id. Allowed values are between [1, 2^31-1] and the"
                                .formatted(version)
                        + " string \"latest\"");
    }

    static RegistryError invalidCompatibility() {
        return new RegistryError(
                422,
                42203,
                "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive,"
                        + " forward_transitive, and full_transitive");
    }

    static RegistryError badRequest(String details) {
        return new RegistryError(400, 400, details);
    }

    static RegistryError tooLarge(int limit) {
        return new RegistryError(413, 413, "The request is larger than %d bytes".formatted(limit));
    }

    static RegistryError noSuchPath() {
        return new RegistryError(404, 404, "HTTP 404 Not Found");
    }

    static RegistryError methodNotAllowed() {
        return new RegistryError(405, 405, "HTTP 405 Method Not Allowed");
    }

    static RegistryError storeFailed(String details) {
        return new RegistryError(500, 50001, "Error in the backend data store: " + details);
    }
}
