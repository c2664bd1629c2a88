package dev.troupe.cli.score;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.troupe.reward.environment.JointReward;
import dev.troupe.reward.judge.LocalJudge;
import dev.troupe.reward.sandbox.SandboxUnavailableException;
import dev.troupe.schemas.avro.Judgement;
import dev.troupe.schemas.avro.Score;
import dev.troupe.schemas.avro.Term;
import java.util.Optional;

/** Scores one line at a time; for one thread. */
final class LineScorer implements AutoCloseable {

    /** The term that holds a score on the scale on which it was published. */
    private static final String TOTAL = "total";

    /** In ASCII, so that the charset of the terminal does not matter. */
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final Completions completions;
    private final LocalJudge judge;

    LineScorer(Target target, LocalJudge judge) {
        this.completions = new Completions(target);
        this.judge = judge;
    }

    /**
     * What became of a line.
     *
     * @param line its number
     * @param parsed whether it is a JSON object
     * @param error why it has no score
     * @param json the line of the output
     */
    record Result(long line, boolean parsed, Optional<String> error, String json) {}

    /**
     * Scores a line.
     *
     * @throws SandboxUnavailableException when programs cannot be run here, which is no fault of the line
     */
    Result score(LineFile.Line line) throws SandboxUnavailableException, InterruptedException {
        ObjectNode object;
        try {
            object = LineJson.parse(line);
        } catch (RefusedLineException e) {
            return refused(line, false, NullNode.getInstance(), e);
        }
        try {
            return new Result(line.number(), true, Optional.empty(), text(score(object)));
        } catch (RefusedLineException e) {
            JsonNode id = object.path("id");
            return refused(
                    line, true, id.isValueNode() && !id.isFloatingPointNumber() ? id : NullNode.getInstance(), e);
        }
    }

    private ObjectNode score(ObjectNode line)
            throws RefusedLineException, SandboxUnavailableException, InterruptedException {
        Judgement judgement = judge.judge(completions.step(line));
        String unscorable = judgement.getUnscorable();
        if (unscorable != null) {
            throw new RefusedLineException(unscorable);
        }
        Score score = judgement.getScore();
        if (score == null) {
            throw new RefusedLineException(Problem.UNFINISHED, "the environment wants another turn");
        }
        double reward = score.getTerms().stream()
                .filter(term -> term.getName().equals(TOTAL))
                .mapToDouble(Term::getValue)
                .findFirst()
                .orElse(score.getQuality());
        ObjectNode json = JSON.createObjectNode();
        json.set("id", line.get("id"));
        json.put("reward", reward);
        put(score, json.putObject("terms"));
        return json;
    }

    /** Tokens are left out: a file does not say how many there were. */
    private static void put(Score score, ObjectNode terms) {
        terms.put("quality", score.getQuality()).put("passed", score.getPassed() ? 1.0 : 0.0);
        for (Term term : score.getTerms()) {
            terms.put(term.getName(), term.getValue());
        }
        terms.remove(JointReward.TOKEN_TERMS);
    }

    private static Result refused(LineFile.Line line, boolean parsed, JsonNode id, RefusedLineException refusal) {
        String error = String.valueOf(refusal.getMessage());
        ObjectNode json = JSON.createObjectNode();
        json.set("id", id);
        json.putNull("reward").putObject("terms");
        json.put("error", error);
        return new Result(line.number(), parsed, Optional.of(error), text(json));
    }

    private static String text(ObjectNode json) {
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and finite numbers are always JSON", e);
        }
    }

    @Override
    public void close() {
        judge.close();
    }
}
