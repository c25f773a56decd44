package io.deltaforge.source.postgres;

/** The finding that a role may not replicate. */
record NoReplicationRight(String message, String remedy) {

    /** Takes the parts of a finding. */
    @FunctionalInterface
    interface Listener {
        void take(String code, String message, String remedy);
    }

    static NoReplicationRight of(String role) {
        return new NoReplicationRight(
                "role " + role + " lacks the attribute REPLICATION",
                "ALTER ROLE \"" + role.replace("\"", "\"\"") + "\" WITH REPLICATION;");
    }

    void tell(Listener listener) {
        listener.take("NO_REPLICATION_RIGHT", message, remedy);
    }
}
