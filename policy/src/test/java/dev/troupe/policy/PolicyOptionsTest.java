package dev.troupe.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyOptionsTest {
    @Test
    void readsTheNamesOfSettings() {
        assertThat(PolicyOptions.parse("torchscript", "bfloat16", "cuda:1", true))
                .isEqualTo(new PolicyOptions(Backend.TORCHSCRIPT, Precision.BFLOAT16, new ComputeDevice(1), true));
        assertThat(PolicyOptions.parse("ndarray", "float32", "cpu", false)).isEqualTo(PolicyOptions.DEFAULT);
        assertThat(ComputeDevice.parse("cuda")).hasToString("cuda:0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            fast | float32 | cpu | backend must be ndarray or torchscript, not 'fast'
            ndarray | float16 | cpu | precision must be float32 or bfloat16, not 'float16'
            ndarray | bfloat16 | cpu | precision bfloat16 needs backend torchscript
            ndarray | float32 | gpu | device must be cpu, cuda or cuda:N, not 'gpu'
            ndarray | float32 | cuda:-1 | not 'cuda:-1'
            """)
    void refusesByName(String backend, String precision, String device, String message) {
        assertThatThrownBy(() -> PolicyOptions.parse(backend, precision, device, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refusesADeviceThatIsNotThere() throws Exception {
        var options = PolicyOptions.DEFAULT.on(new ComputeDevice(999));
        var directory = Fixture.of("untied").directory();

        assertThatThrownBy(() -> ServingPolicy.load(directory, options))
                .hasMessageContaining("device cuda:999 is not there");
    }
}
