package io.deltaforge.core.commit;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a pipeline has promised to remember: which log it reads, and which sinks have a position in it. Stored before
 * anything is made in the database, so that a start that was cut off can be told from a position that was lost.
 *
 * <p>Stored form: version byte 1, source identity (UTF), number of sinks (int), then per sink its id (UTF) and whether it
 * is attached (boolean); types as in {@link DataOutputStream}.
 *
 * @param source the identity of the log
 * @param sinks by id: true once the sink has a position, false while it is about to get its first
 */
record Membership(String source, Map<String, Boolean> sinks) {

    private static final int VERSION = 1;

    Membership {
        sinks = Map.copyOf(sinks);
    }

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeUTF(source);
            out.writeInt(sinks.size());
            for (Map.Entry<String, Boolean> sink : sinks.entrySet()) {
                out.writeUTF(sink.getKey());
                out.writeBoolean(sink.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static Membership parse(String pipeline, byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw unreadable(pipeline, "its version is " + version + ", and this release knows " + VERSION, null);
            }
            String source = in.readUTF();
            Map<String, Boolean> sinks = new LinkedHashMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                sinks.put(in.readUTF(), in.readBoolean());
            }
            return new Membership(source, sinks);
        } catch (IOException e) {
            throw unreadable(pipeline, "it ends early after " + bytes.length + " bytes", e);
        }
    }

    private static CheckpointException unreadable(String pipeline, String why, Throwable cause) {
        return new CheckpointException(
                ErrorKind.HELD,
                "MEMBERSHIP_UNREADABLE",
                "the record of what pipeline " + pipeline + " reads and writes cannot be read: " + why,
                "run the release that wrote the data directory, or restore it from a copy; or end DeltaForge and start"
                        + " from what the slot holds, which may repeat events: "
                        + PipelineCheckpoints.resetCommand(pipeline),
                cause);
    }
}
