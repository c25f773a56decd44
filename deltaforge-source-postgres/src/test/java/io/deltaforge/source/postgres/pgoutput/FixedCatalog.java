package io.deltaforge.source.postgres.pgoutput;

import io.deltaforge.source.postgres.type.PgType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A catalog that knows what a test tells it. */
final class FixedCatalog implements Catalog {

    static final int BOOL = 16;
    static final int INT8 = 20;
    static final int INT4 = 23;
    static final int TEXT = 25;
    static final int INT4_ARRAY = 1007;
    static final int POINT = 600;

    private final Map<Integer, PgType> types = new HashMap<>();
    private final Map<Integer, List<String>> primaryKeys = new HashMap<>();
    final List<String> calls = new ArrayList<>();

    FixedCatalog() {
        base(BOOL, "bool");
        base(INT8, "int8");
        PgType int4 = base(INT4, "int4");
        base(TEXT, "text");
        base(POINT, "point");
        types.put(INT4_ARRAY, new PgType(INT4_ARRAY, "_int4", "integer[]", PgType.Kind.ARRAY, ',', int4));
    }

    private PgType base(int oid, String name) {
        PgType type = new PgType(oid, name, name, PgType.Kind.BASE, ',', null);
        types.put(oid, type);
        return type;
    }

    FixedCatalog primaryKey(int relation, String... columns) {
        primaryKeys.put(relation, List.of(columns));
        return this;
    }

    @Override
    public PgType type(int oid) {
        return types.getOrDefault(oid, PgType.unknown(oid));
    }

    @Override
    public void typeNamed(int oid, String name) {
        calls.add("type " + oid + " named " + name);
    }

    @Override
    public String displayName(PgType type, int modifier) {
        return type.displayName() + (modifier == -1 ? "" : "(" + modifier + ")");
    }

    @Override
    public List<String> primaryKey(int relation, long shape) {
        return primaryKeys.getOrDefault(relation, List.of());
    }

    @Override
    public void tableChanged(int relation) {
        calls.add("table " + relation + " changed");
    }
}
