package dev.troupe.trainer;

import static java.util.Objects.requireNonNull;

import dev.troupe.policy.DecoderConfig;
import dev.troupe.runtime.artifact.ArtifactException;
import dev.troupe.runtime.artifact.OpenArtifact;
import dev.troupe.schemas.avro.ArtifactFile;
import dev.troupe.schemas.avro.ModelVersion;
import dev.troupe.trainer.checkpoint.Checkpoints;
import dev.troupe.trainer.critic.CentralizedCritic;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a team's critic is kept: in the folder {@code critic} of the checkpoints of the first policy that learns, so
 * that one transaction makes both visible. Owned by one thread.
 */
final class CriticKeeper {
    private static final Logger LOGGER = LoggerFactory.getLogger(CriticKeeper.class);
    private static final String FOLDER = "critic";

    private final Team team;
    private final Checkpoints checkpoints;
    private final CentralizedCritic critic;
    private final Path initial;

    /** @param initial what the critic starts from unless its options say otherwise */
    CriticKeeper(Team team, Checkpoints checkpoints, CentralizedCritic critic, Path initial) {
        this.team = team;
        this.checkpoints = checkpoints;
        this.critic = critic;
        this.initial = initial;
    }

    /**
     * Takes up the critic of the last step, or begins anew.
     *
     * @param versions where training stands, of all policies of the team
     * @param configs of all policies of the team
     * @throws IllegalStateException when the critic cannot read what a policy reads
     */
    void restore(Map<String, ModelVersion> versions, Map<String, DecoderConfig> configs)
            throws IOException, ArtifactException {
        // The policy that kept it may have been frozen or thawed since.
        Optional<ModelVersion> holder = versions.values().stream()
                .filter(CriticKeeper::holdsCritic)
                .max(Comparator.comparingLong(ModelVersion::getTrainingStep));
        if (holder.isPresent()) {
            try (OpenArtifact artifact = checkpoints.open(holder.get())) {
                critic.restore(artifact.directory().resolve(FOLDER));
            }
        } else {
            Path from = critic.checkpoint().orElse(initial);
            LOGGER.atInfo()
                    .addKeyValue("teamId", team.teamId())
                    .addKeyValue("checkpoint", from)
                    .log("the critic knows nothing yet");
            critic.begin(from);
        }
        check(versions, configs);
    }

    /** Tokens are fed as they were recorded, so they have to mean the same to all. */
    private void check(Map<String, ModelVersion> versions, Map<String, DecoderConfig> configs) {
        String first = team.policyIds().getFirst();
        for (String policyId : team.policyIds()) {
            int vocabulary = requireNonNull(configs.get(policyId)).vocabSize();
            boolean sameTokenizer = tokenizer(versions, policyId).equals(tokenizer(versions, first));
            if (vocabulary != critic.vocabSize() || !sameTokenizer) {
                throw new IllegalStateException(("trainer.critic is centralized and reads the tokens of every role, but"
                                + " %s has %d tokens%s where the critic has %d; give the policies of team %s checkpoints"
                                + " of one tokenizer, or set trainer.critic to none")
                        .formatted(
                                policyId,
                                vocabulary,
                                sameTokenizer ? "" : " and another tokenizer.json than " + first,
                                critic.vocabSize(),
                                team.teamId()));
            }
        }
    }

    private static Optional<String> tokenizer(Map<String, ModelVersion> versions, String policyId) {
        return requireNonNull(versions.get(policyId)).getFiles().stream()
                .filter(file -> file.getName().equals("tokenizer.json"))
                .map(ArtifactFile::getSha256)
                .findFirst();
    }

    /** What training began with may hold the critic of another training. */
    private static boolean holdsCritic(ModelVersion version) {
        return version.getTrainingStep() > 0
                && version.getFiles().stream().anyMatch(file -> file.getName().startsWith(FOLDER + "/"));
    }

    /** What goes into the checkpoint of a policy. */
    List<Checkpoints.Addition> additions(String policyId) {
        return policyId.equals(team.learning().getFirst())
                ? List.of(directory -> critic.save(directory.resolve(FOLDER)))
                : List.of();
    }
}
