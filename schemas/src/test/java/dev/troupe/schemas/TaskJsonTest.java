package dev.troupe.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.schemas.avro.Purpose;
import dev.troupe.schemas.avro.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskJsonTest {

    @Test
    void absentFieldsTakeTheSchemasDefaults() throws MalformedRecordException {
        Task task = parse("{'taskId':'t1','environment':'coding','prompt':'Return the sum.'}");

        assertThat(task.getTaskId()).isEqualTo("t1");
        assertThat(task.getTeamId()).isEqualTo("team");
        assertThat(task.getPurpose()).isEqualTo(Purpose.TRAIN);
        assertThat(task.getMaxTurns()).isEqualTo(1);
        assertThat(task.getFields()).isEmpty();
        assertThat(task.getSampling()).isNull();
    }

    @Test
    void nestedRecordsAndMapsAreRead() throws MalformedRecordException {
        Task task = parse("""
                {'taskId':'t1','environment':'coding','prompt':'p','fields':{'test':'assert main([]) == 0'},
                 'sampling':{'temperature':0.5},'policyVersions':{'team':3},'purpose':'EVALUATE'}""");

        assertThat(task.getFields()).containsEntry("test", "assert main([]) == 0");
        assertThat(task.getSampling().getTemperature()).isEqualTo(0.5);
        assertThat(task.getSampling().getTopP()).isEqualTo(1.0);
        assertThat(task.getPolicyVersions()).containsEntry("team", 3);
        assertThat(task.getPurpose()).isEqualTo(Purpose.EVALUATE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "hello | nor JSON",
                "[1] | task must be a JSON object",
                "{} | task.taskId is missing",
                "{'taskId':7,'environment':'coding','prompt':'p'} | task.taskId must be a string, not 7",
                "{'taskId':'t','environment':'coding','prompt':'p','promt':'x'} | no field 'promt'",
                "{'taskId':'t','environment':'coding','prompt':'p','maxTurns':1.5} | task.maxTurns must be a whole number",
                "{'taskId':'t','environment':'coding','prompt':'p','purpose':'PLAY'} | one of [TRAIN, EVALUATE]",
                "{'taskId':'t','environment':'coding','prompt':'p','sampling':{'temperature':1e999}} | finite number",
                "{'taskId':'t','taskId':'u','environment':'coding','prompt':'p'} | Duplicate",
                "{'taskId':'t','environment':'coding','prompt':'p'} x | nor JSON",
            })
    void whatIsWrongIsNamed(String json, String message) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining(message);
    }

    @Test
    void otherEncodingsAreRefused() {
        assertThatThrownBy(() -> TaskJson.parse(new byte[] {(byte) 0xff, (byte) 0xfe, 0x7b, 0x00}))
                .isInstanceOf(MalformedRecordException.class)
                .hasMessageContaining("UTF-8");
    }

    private static Task parse(String json) throws MalformedRecordException {
        return TaskJson.parse(json.replace('\'', '"').getBytes(UTF_8));
    }
}
