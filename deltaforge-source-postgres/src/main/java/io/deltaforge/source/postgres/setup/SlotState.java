package io.deltaforge.source.postgres.setup;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.source.Attachment;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One row of {@code pg_replication_slots} (PostgreSQL documentation, section 53.20), as far as the server's version has it. */
record SlotState(String name, String unusable, long confirmedLsn, String walStatus, String invalidation) {

    private static final Logger LOG = LoggerFactory.getLogger(SlotState.class);
    private static final int CONFLICTING_SINCE = 160000;
    private static final int REASON_SINCE = 170000;

    static Optional<SlotState> find(DatabaseSession session, String name) {
        String invalidation = session.version() >= REASON_SINCE
                ? "invalidation_reason"
                : session.version() >= CONFLICTING_SINCE ? "CASE WHEN conflicting THEN 'conflict' END" : "NULL::text";
        return session
                .query(
                        "looking at slot " + name,
                        "SELECT coalesce(plugin, slot_type), database, database IS NOT DISTINCT FROM"
                                + " current_database(), temporary, two_phase, confirmed_flush_lsn::text, wal_status, "
                                + invalidation + " FROM pg_replication_slots WHERE slot_name = ?",
                        row -> new SlotState(
                                name, unusable(row), Lsns.parse(row.getString(6)), row.getString(7), row.getString(8)),
                        name)
                .stream()
                .findFirst();
    }

    /** Says what the slot is that it must not be; null when it is as expected. */
    private static String unusable(ResultSet row) throws SQLException {
        if (!row.getString(1).equals("pgoutput")) {
            return "is " + row.getString(1) + ", expected a logical one of pgoutput";
        }
        if (!row.getBoolean(3)) {
            return "belongs to database " + row.getString(2);
        }
        if (row.getBoolean(4)) {
            return "is temporary";
        }
        return row.getBoolean(5)
                ? "sends transactions when they are prepared (two_phase), expected when they are committed"
                : null;
    }

    /** Returns when the slot can be read. */
    void check(DatabaseSession session, Attachment attachment, String acceptCommand) {
        if (unusable != null) {
            throw new SourceException(
                    ErrorKind.HELD,
                    "SLOT_UNUSABLE",
                    "slot " + name + " " + unusable,
                    "choose another slot, or drop this one: SELECT pg_drop_replication_slot(" + Sql.text(name) + ");",
                    null);
        }
        if (invalidation != null || "lost".equals(walStatus) || confirmedLsn == 0) {
            throw lost(session, attachment, acceptCommand);
        }
        if ("unreserved".equals(walStatus)) {
            LOG.warn("Slot {} is about to be lost: the server removes its log at the next checkpoint", name);
        }
    }

    private SourceException lost(DatabaseSession session, Attachment attachment, String acceptCommand) {
        return new SourceException(
                ErrorKind.HELD,
                "SLOT_INVALIDATED",
                "slot " + name + " has lost its log (wal_status " + walStatus
                        + (invalidation == null ? "" : ", invalidation_reason " + invalidation) + "): it was at "
                        + Lsns.format(confirmedLsn) + ", the server's log is at " + Lsns.format(session.flushedLsn())
                        + ", max_slot_wal_keep_size is " + session.setting("max_slot_wal_keep_size") + " MB",
                attachment == Attachment.NEW
                        ? "SELECT pg_drop_replication_slot(" + Sql.text(name) + ");"
                        : "load what is missing into the sinks, end DeltaForge, drop the slot with SELECT"
                                + " pg_drop_replication_slot(" + Sql.text(name) + "); and accept the gap: "
                                + acceptCommand,
                null);
    }
}
