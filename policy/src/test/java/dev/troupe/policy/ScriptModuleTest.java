package dev.troupe.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Source text to a module that runs, with and without a gradient. */
class ScriptModuleTest {
    private static final String HEADER = """
            class Script(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
            """;
    private static final String SCALE = HEADER + """
                      def scaled(self: __torch__.Script, x: Tensor, weights: List[Tensor]) -> Tensor:
                        return torch.mul(x, weights[0])
                      def halves(self: __torch__.Script, x: Tensor, n: int) -> Tuple[Tensor, Tensor]:
                        return (torch.narrow(x, 0, 0, n), torch.narrow(x, 0, n, torch.size(x, 0) - n))
                      def low(self: __torch__.Script, x: Tensor) -> Tensor:
                        return torch.to(x, 15)
                      def high(self: __torch__.Script, x: Tensor) -> Tensor:
                        return torch.to(x, 6)
                    """;

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = Torch.newManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void returnsTheParts() {
        try (var module = ScriptModule.compile("test", SCALE, manager)) {
            NDArray x = manager.create(new float[] {1, 2, 3});

            List<ScriptModule.Value> parts;
            try (ScriptModule.Value both = module.call("halves").with(x).with(1).run()) {
                parts = both.parts();
            }

            assertThat(parts.getFirst().array(manager).toFloatArray()).containsExactly(1);
            assertThat(parts.getLast().array(manager).toFloatArray()).containsExactly(2, 3);
            assertThat(module.openValues()).isEqualTo(2);
            parts.forEach(ScriptModule.Value::close);
            assertThat(module.openValues()).isZero();
        }
    }

    @Test
    void handsBfloat16FromCallToCall() {
        try (var module = ScriptModule.compile("test", SCALE, manager);
                ScriptModule.Value low = module.call("low")
                        .with(manager.create(new float[] {1.001f, 3}))
                        .run()) {
            NDArray high = module.call("high").with(low).array(manager);

            assertThat(high.toFloatArray()).containsExactly(1, 3);
        }
    }

    @Test
    void takesTheGradientToTheArraysOfTheList() {
        try (var module = ScriptModule.compile("test", SCALE, manager)) {
            NDArray weight = Torch.owned(manager.ones(new Shape(2)));
            weight.setRequiresGradient(true);
            NDArray x = Torch.owned(manager.create(new float[] {3, 5}));

            Torch.recording(() -> {
                Torch.backward(module.record("scaled", List.of(x), List.of(weight)));
                return true;
            });

            assertThat(Torch.gradient(weight, manager).toFloatArray()).containsExactly(3, 5);
        }
    }

    @Test
    void namesTheLineThatDoesNotCompile() {
        String source = HEADER + """
                  def f(self: __torch__.Script, x: Tensor) -> Tensor:
                    return torch.nothing(x)
                """;

        assertThatThrownBy(() -> ScriptModule.compile("broken", source, manager))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("script 'broken' does not compile")
                .hasMessageContaining("return torch.nothing(x)");
    }

    @Test
    void tellsTheMethodThatFailed() {
        try (var module = ScriptModule.compile("test", SCALE, manager)) {
            NDArray x = manager.create(new float[] {1});

            assertThatThrownBy(() -> module.call("halves").with(x).with(7).run())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("script 'test' failed in halves");
            assertThat(module.openValues()).isZero();
        }
    }
}
