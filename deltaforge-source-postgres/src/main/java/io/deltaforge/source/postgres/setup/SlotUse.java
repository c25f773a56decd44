package io.deltaforge.source.postgres.setup;

import io.deltaforge.api.check.CheckReport;

/**
 * How a slot is used right now.
 *
 * @param activePid the session that reads it; 0 when nobody does
 * @param retained how many bytes of log the server keeps for it
 * @param limit how many it may keep before the slot is lost; negative without a limit
 * @param doomed whether the server may remove the log at any time
 */
record SlotUse(String name, int activePid, long retained, long limit, boolean doomed) {

    private static final long MIB = 1 << 20;

    static SlotUse read(DatabaseSession session, String name) {
        long limitMib = Long.parseLong(session.setting("max_slot_wal_keep_size"));
        return session.one(
                "looking at the use of slot " + name,
                "SELECT coalesce(active_pid, 0), coalesce(pg_wal_lsn_diff(pg_current_wal_flush_lsn(), restart_lsn), 0),"
                        + " wal_status = 'unreserved' FROM pg_replication_slots WHERE slot_name = ?",
                row -> new SlotUse(
                        name,
                        row.getInt(1),
                        row.getLong(2),
                        limitMib < 0 ? limitMib : limitMib * MIB,
                        row.getBoolean(3)),
                name);
    }

    void report(CheckReport report) {
        String keeps = "the server keeps " + retained / MIB + " MiB of log for slot " + name;
        if (doomed) {
            report.error(
                    "SLOT_DOOMED",
                    keeps + ", more than max_slot_wal_keep_size allows: it is lost at the next checkpoint",
                    "ALTER SYSTEM SET max_slot_wal_keep_size = " + Sql.text(2 * (retained / MIB + 1) + "MB")
                            + ";\nSELECT pg_reload_conf();");
        } else if (limit >= 0 && retained > limit / 2) {
            report.warning(
                    "SLOT_LAGS",
                    keeps + ", and may keep " + limit / MIB + " MiB before the slot is lost",
                    "start the pipeline, or ALTER SYSTEM SET max_slot_wal_keep_size to more");
        } else {
            report.ok("SLOT", keeps);
        }
        if (activePid != 0) {
            report.warning(
                    "SLOT_IN_USE",
                    "slot " + name + " is being read by the session with pid " + activePid
                            + ": this pipeline runs already, or another one uses its slot",
                    "SELECT application_name, client_addr FROM pg_stat_activity WHERE pid = " + activePid + ";");
        }
    }
}
