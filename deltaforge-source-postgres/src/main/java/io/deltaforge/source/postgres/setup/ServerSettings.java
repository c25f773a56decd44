package io.deltaforge.source.postgres.setup;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.check.CheckReport;

/** Settings of the server that a pipeline depends on in the long run. Blocks for a bounded time; used by one thread. */
public final class ServerSettings {

    private static final int SHORTEST_TIMEOUT_MS = 5_000;

    private final DatabaseSession session;
    private final CheckReport report;

    private ServerSettings(DatabaseSession session, CheckReport report) {
        this.session = session;
        this.report = report;
    }

    /**
     * Looks at the settings.
     *
     * @param session asks the server
     * @param report told what is found
     */
    public static void check(DatabaseSession session, CheckReport report) {
        ServerSettings settings = new ServerSettings(
                requireNonNull(session, "session is null"), requireNonNull(report, "report is null"));
        Findings findings = new Findings();
        session.checkServer(findings);
        findings.reportTo(report);
        if (findings.isEmpty()) {
            report.ok("WAL_LEVEL", "wal_level is logical");
        }
        settings.senders();
        settings.keptLog();
        settings.senderTimeout();
    }

    /** Walsenders serve standbys and backups too; the one that looks is not counted, it has none. */
    private void senders() {
        int most = Integer.parseInt(session.setting("max_wal_senders"));
        int used = session.one("counting walsenders", "SELECT count(*) FROM pg_stat_replication", row -> row.getInt(1));
        if (most > 0 && used >= most) {
            report.error(
                    "MAX_WAL_SENDERS",
                    "all " + most + " walsenders that max_wal_senders allows are in use",
                    "ALTER SYSTEM SET max_wal_senders = " + (most + 10) + "; -- then restart the server");
        } else if (most > 0) {
            report.ok("MAX_WAL_SENDERS", used + " of " + most + " walsenders are in use");
        }
        int slots = Integer.parseInt(session.setting("max_replication_slots"));
        int usedSlots =
                session.one("counting slots", "SELECT count(*) FROM pg_replication_slots", row -> row.getInt(1));
        report.ok("MAX_REPLICATION_SLOTS", usedSlots + " of " + slots + " replication slots are in use");
    }

    private void keptLog() {
        String limit = session.setting("max_slot_wal_keep_size");
        if (limit.startsWith("-")) {
            report.warning(
                    "UNLIMITED_WAL",
                    "max_slot_wal_keep_size has no limit: while a pipeline is stopped its slot keeps the log until the"
                            + " disk is full and the database stops",
                    "ALTER SYSTEM SET max_slot_wal_keep_size = '50GB'; -- as much as the disk can spare\n"
                            + "SELECT pg_reload_conf();");
        } else {
            report.ok("UNLIMITED_WAL", "max_slot_wal_keep_size is " + limit + " MB");
        }
    }

    private void senderTimeout() {
        int millis = Integer.parseInt(session.setting("wal_sender_timeout"));
        if (millis == 0 || millis < SHORTEST_TIMEOUT_MS) {
            report.warning(
                    "WAL_SENDER_TIMEOUT",
                    millis == 0
                            ? "wal_sender_timeout is 0: after a network failure the server holds the slot for a reader"
                                    + " that is gone, and no other can take over"
                            : "wal_sender_timeout is " + millis + " ms: a short pause ends the connection",
                    "ALTER SYSTEM SET wal_sender_timeout = '60s';\nSELECT pg_reload_conf();");
        } else {
            report.ok("WAL_SENDER_TIMEOUT", "wal_sender_timeout is " + millis + " ms");
        }
    }
}
