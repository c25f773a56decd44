package io.deltaforge.source.postgres.pgoutput;

import io.deltaforge.api.checkpoint.StateStore;
import io.deltaforge.source.postgres.type.PgType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What was looked up in the catalog, kept in the state store. It can be looked up again, so an entry that cannot be read counts as
 * absent. Format of each: a version byte, then fields as {@link DataOutputStream} writes them.
 */
final class CatalogEntries {

    private static final byte VERSION = 1;

    private final StateStore state;

    CatalogEntries(StateStore state) {
        this.state = state;
    }

    /** The names of a primary key's columns, and the shape of the table they were looked up for. */
    record KeyEntry(long shape, List<String> names) {}

    private interface Fields {
        void write(DataOutputStream out) throws IOException;
    }

    private interface Reader<T> {
        T read(DataInputStream in) throws IOException;
    }

    Optional<CatalogQueries.TypeEntry> type(int oid) {
        return get(typeName(oid), in -> {
            String name = in.readUTF();
            String displayName = in.readUTF();
            PgType.Kind kind = PgType.Kind.valueOf(in.readUTF());
            return new CatalogQueries.TypeEntry(name, displayName, kind, in.readChar(), in.readInt());
        });
    }

    void putType(int oid, CatalogQueries.TypeEntry type) {
        put(typeName(oid), out -> {
            out.writeUTF(type.name());
            out.writeUTF(type.displayName());
            out.writeUTF(type.kind().name());
            out.writeChar(type.delimiter());
            out.writeInt(type.base());
        });
    }

    Optional<String> displayName(int oid, int modifier) {
        return get(displayNameName(oid, modifier), in -> in.readUTF());
    }

    void putDisplayName(int oid, int modifier, String name) {
        put(displayNameName(oid, modifier), out -> out.writeUTF(name));
    }

    Optional<KeyEntry> key(int relation) {
        return get(keyName(relation), in -> {
            long shape = in.readLong();
            int count = in.readUnsignedShort();
            List<String> names = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                names.add(in.readUTF());
            }
            return new KeyEntry(shape, List.copyOf(names));
        });
    }

    void putKey(int relation, KeyEntry key) {
        put(keyName(relation), out -> {
            out.writeLong(key.shape());
            out.writeShort(key.names().size());
            for (String name : key.names()) {
                out.writeUTF(name);
            }
        });
    }

    private <T> Optional<T> get(String name, Reader<T> reader) {
        Optional<byte[]> kept = state.get(name);
        if (kept.isEmpty() || kept.get().length == 0 || kept.get()[0] != VERSION) {
            return Optional.empty();
        }
        byte[] bytes = kept.get();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 1, bytes.length - 1))) {
            T value = reader.read(in);
            return in.available() == 0 ? Optional.of(value) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void put(String name, Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            fields.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException("an array in memory refused bytes", e);
        }
        state.put(name, bytes.toByteArray());
    }

    private static String typeName(int oid) {
        return "catalog/type/" + Integer.toUnsignedString(oid);
    }

    private static String displayNameName(int oid, int modifier) {
        return typeName(oid) + "/modifier/" + modifier;
    }

    private static String keyName(int relation) {
        return "catalog/primary-key/" + Integer.toUnsignedString(relation);
    }
}
