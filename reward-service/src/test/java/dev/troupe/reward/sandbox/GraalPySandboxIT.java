package dev.troupe.reward.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.sandbox.SandboxVerdict.CallResult.Raised;
import dev.troupe.reward.sandbox.SandboxVerdict.Failed;
import dev.troupe.reward.sandbox.SandboxVerdict.Finished;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GraalPySandboxIT extends SandboxContract {

    private static GraalPySandbox sandbox;

    @BeforeAll
    static void start() throws Exception {
        sandbox = GraalPySandbox.start(SandboxOptions.defaults().within(DEADLINE));
    }

    @AfterAll
    static void stop() {
        sandbox.close();
    }

    @Override
    Sandbox sandbox() {
        return sandbox;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "open('/etc/passwd').read()",
                "open('/tmp/troupe-out', 'w')",
                "__import__('os').listdir('/')",
                "__import__('os').open('/etc/passwd', 0)",
                "__import__('socket').create_connection(('127.0.0.1', 9092), 1)",
                "__import__('socket').socket().bind(('127.0.0.1', 0))",
                "__import__('os').system('true')",
                "__import__('os').fork()",
                "__import__('subprocess').run(['true'])",
                "__import__('threading').Thread(target=print).start()",
                "__import__('java').type('java.lang.System')",
                "__import__('polyglot').eval(language='js', string='1')",
                "__import__('ctypes').CDLL(None)",
                "__import__('os').symlink('/etc', 'x')",
                "__import__('os').environ['PATH']",
            })
    void nothingOutsideIsReached(String call) throws Exception {
        SandboxVerdict verdict = sandbox().run(program("x = 1\n", call));

        // Importing subprocess alone may take longer than a program has.
        if (!(verdict instanceof Failed)) {
            assertThat(((Finished) verdict).calls().getFirst()).isInstanceOf(Raised.class);
        }
        assertThatTheNextProgramRuns();
    }

    @Test
    void noChildOutlivesItsSandbox() throws Exception {
        List<ProcessHandle> before = ProcessHandle.current().children().toList();
        GraalPySandbox other = GraalPySandbox.start(SandboxOptions.defaults());
        List<ProcessHandle> started = ProcessHandle.current()
                .children()
                .filter(child -> !before.contains(child))
                .toList();

        other.close();

        assertThat(started).hasSize(1).noneMatch(ProcessHandle::isAlive);
        assertThatThrownBy(() -> other.run(program("", "1"))).isInstanceOf(SandboxUnavailableException.class);
    }
}
