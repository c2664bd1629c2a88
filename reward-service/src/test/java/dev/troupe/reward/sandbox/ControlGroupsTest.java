package dev.troupe.reward.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.troupe.reward.sandbox.SandboxVerdict.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlGroupsTest {

    @TempDir
    private Path folder;

    @Test
    void findsTheHierarchiesOfVersionOne() {
        assertThat(ControlGroups.own("8:pids:/\n4:cpu,memory:/jobs/7\n0::/", """
                        36 25 0:31 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,cpu,memory
                        37 25 0:32 / /sys/fs/cgroup/pids rw,relatime shared:4 - cgroup cgroup rw,pids
                        38 25 0:33 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
                        """))
                .isEqualTo(new ControlGroups(
                        Optional.of(Path.of("/sys/fs/cgroup/pids")),
                        Optional.of(Path.of("/sys/fs/cgroup/memory/jobs/7"))));
    }

    @Test
    void findsTheOneOfVersionTwo() {
        Optional<Path> own = Optional.of(Path.of("/sys/fs/cgroup/judges"));
        assertThat(ControlGroups.own(
                        "0::/pod/judges\n", "30 23 0:26 /pod /sys/fs/cgroup rw - cgroup2 cgroup rw,nsdelegate\n"))
                .isEqualTo(new ControlGroups(own, own));
    }

    @Test
    void aMachineWithoutCgroupsHasNone() {
        assertThat(ControlGroups.own("", "23 1 0:21 / /proc rw - proc proc rw\n"))
                .isEqualTo(ControlGroups.NONE);
    }

    @Test
    void aConfiguredOneThatOffersNoBoundsIsRefused() {
        assertThatThrownBy(() -> ControlGroups.find(Optional.of(folder), Bounds.defaults()))
                .isInstanceOf(SandboxUnavailableException.class)
                .hasMessageContaining("judge.sandbox.cgroup")
                .hasMessageContaining("cgroup.subtree_control");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void removesWhatAProcessThatIsGoneHasLeft() throws Exception {
        Path left = Files.createDirectory(folder.resolve("troupe-999999999-a"));
        Path inUse = Files.createDirectory(folder.resolve(ControlGroups.OURS + "b"));
        Path another = Files.createDirectory(folder.resolve("troupe-other"));

        assertThatThrownBy(() -> ControlGroups.find(Optional.of(folder), Bounds.defaults()))
                .isInstanceOf(SandboxUnavailableException.class);

        assertThat(left).doesNotExist();
        assertThat(List.of(inUse, another)).allMatch(Files::exists);
    }

    @Test
    void eventsOfTheKernelNameTheBound() throws Exception {
        Path pids = Files.createDirectory(folder.resolve("pids"));
        Path memory = Files.createDirectory(folder.resolve("memory"));
        var group = new ControlGroup(List.of(pids, memory));
        assertThat(group.breach()).isEmpty();

        Files.writeString(pids.resolve("pids.events"), "max 3\n");
        assertThat(group.breach().orElseThrow().failure()).isEqualTo(Failure.PROCESSES);

        Files.writeString(memory.resolve("memory.events"), "low 0\noom 4\noom_kill 1\noom_group_kill 1\n");
        assertThat(group.breach().orElseThrow().failure()).isEqualTo(Failure.MEMORY);
    }
}
