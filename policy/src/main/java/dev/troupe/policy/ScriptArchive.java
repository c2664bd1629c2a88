package dev.troupe.policy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive made of source text: what {@code torch.jit.save} writes for a module without parameters. The
 * format (torch/csrc/jit/docs/serialization.md) is a stored zip of pickles and code; the loader compiles the code.
 */
final class ScriptArchive {
    /** The name that the source gives its class. */
    static final String CLASS = "Script";

    private static final String FOLDER = "script/";
    private static final byte[] EMPTY_TUPLE = {(byte) 0x80, 2, ')', '.'};
    private static final int PROTOCOL = 0x80;
    private static final int NEW_OBJECT = 0x81;
    private static final int NEW_TRUE = 0x88;

    private ScriptArchive() {}

    static byte[] of(String source) {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            store(zip, "data.pkl", instance());
            store(zip, "code/__torch__.py", source.getBytes(UTF_8));
            store(zip, "constants.pkl", EMPTY_TUPLE);
            store(zip, "version", "3\n".getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /** The pickle of an instance of the class whose one attribute is {@code training = True}. */
    private static byte[] instance() throws IOException {
        byte[] attribute = "training".getBytes(UTF_8);
        var pickle = new ByteArrayOutputStream();
        pickle.write(PROTOCOL);
        pickle.write(2);
        pickle.write(("c__torch__\n" + CLASS + "\n").getBytes(UTF_8));
        pickle.write(')');
        pickle.write(NEW_OBJECT);
        pickle.write('}');
        pickle.write('(');
        pickle.write('X');
        pickle.write(new byte[] {(byte) attribute.length, 0, 0, 0});
        pickle.write(attribute);
        pickle.write(NEW_TRUE);
        pickle.write("ub.".getBytes(UTF_8));
        return pickle.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        var checksum = new CRC32();
        checksum.update(content);
        var entry = new ZipEntry(FOLDER + name);
        entry.setSize(content.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
