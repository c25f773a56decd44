package io.deltaforge.source.postgres.pgoutput;

/** The relations of a stream by OID: a hash table with open addressing, so that a look-up per row boxes nothing. */
final class RelationTable {

    private static final int INITIAL_SLOTS = 64;

    private int[] oids = new int[INITIAL_SLOTS];
    private Relation[] relations = new Relation[INITIAL_SLOTS];
    private int size;

    /** Returns the relation, or null when no message described it. */
    Relation get(int oid) {
        return relations[slot(oid)];
    }

    void put(int oid, Relation relation) {
        int slot = slot(oid);
        if (relations[slot] == null && ++size * 2 > relations.length) {
            grow();
            slot = slot(oid);
        }
        oids[slot] = oid;
        relations[slot] = relation;
    }

    private int slot(int oid) {
        int mask = relations.length - 1;
        int hash = oid * 0x9E3779B9;
        int slot = (hash ^ (hash >>> 16)) & mask;
        while (relations[slot] != null && oids[slot] != oid) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        int[] oldOids = oids;
        Relation[] oldRelations = relations;
        oids = new int[2 * oldOids.length];
        relations = new Relation[2 * oldRelations.length];
        for (int i = 0; i < oldRelations.length; i++) {
            if (oldRelations[i] != null) {
                int slot = slot(oldOids[i]);
                oids[slot] = oldOids[i];
                relations[slot] = oldRelations[i];
            }
        }
    }
}
