package io.deltaforge.source.postgres.setup;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.check.CheckReport;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.source.postgres.connect.SqlErrors;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The replication slot: it holds the server's log for the pipeline. Blocks for a bounded time; used by one thread. */
public final class Slot {

    private static final Logger LOG = LoggerFactory.getLogger(Slot.class);
    private static final String PLUGIN = "pgoutput";
    private static final int FAILOVER_SINCE = 170000;

    /** A new slot starts behind every transaction that is under way, so making one waits for them. */
    private static final int CREATE_LIMIT_SECS = 30;

    private final DatabaseSession session;
    private final String name;
    private final String pipeline;
    private final boolean failover;

    /**
     * Means a slot; does no I/O.
     *
     * @param session asks the server
     * @param name the slot's name
     * @param pipeline the pipeline's name, for remedies
     * @param failover whether a new slot is to be kept on the standbys too
     */
    public Slot(DatabaseSession session, String name, String pipeline, boolean failover) {
        this.session = requireNonNull(session, "session is null");
        this.name = requireNonNull(name, "name is null");
        this.pipeline = requireNonNull(pipeline, "pipeline is null");
        this.failover = failover;
    }

    /**
     * Finds the slot, or makes it.
     *
     * @param attachment whether the slot must be there
     * @param create whether it may be made when it need not be there
     * @return the LSN from which the log is still there: every transaction whose commit record is there or behind it
     * @throws SourceException of kind {@code HELD} when it is missing or cannot be used
     */
    public long attach(Attachment attachment, boolean create) {
        Optional<SlotState> found = find();
        if (found.isPresent()) {
            found.get().check(session, attachment, acceptCommand());
            if (attachment == Attachment.NEW) {
                LOG.info(
                        "Slot {} is there already: reading from {}",
                        name,
                        Lsns.format(found.get().confirmedLsn()));
            }
            return found.get().confirmedLsn();
        }
        if (attachment == Attachment.KNOWN) {
            throw new SourceException(
                    ErrorKind.HELD,
                    "SLOT_MISSING",
                    "slot " + name
                            + " does not exist any more, and with it the log behind the sinks' positions; the server's"
                            + " log is at " + Lsns.format(session.flushedLsn()),
                    replace(),
                    null);
        }
        if (!create) {
            throw new SourceException(
                    ErrorKind.HELD,
                    "SLOT_MISSING",
                    "slot " + name + " does not exist, and create_slot is false",
                    createStatement(),
                    null);
        }
        create();
        long confirmed = find().map(SlotState::confirmedLsn)
                .orElseThrow(() -> new SourceException(
                        ErrorKind.RETRIABLE, "SLOT_MISSING", "slot " + name + " vanished while it was made", null));
        LOG.info("Made slot {}: reading from {}", name, Lsns.format(confirmed));
        return confirmed;
    }

    /**
     * Makes sure that the slot still holds the log from a place on; a server that is asked for an older place silently starts
     * at the slot's own.
     *
     * @param lsn the place
     * @throws SourceException of kind {@code HELD} when the slot is gone, unusable, or has been moved further
     */
    public void checkHolds(long lsn) {
        SlotState state = find().orElseThrow(() -> new SourceException(
                ErrorKind.HELD, "SLOT_MISSING", "slot " + name + " does not exist any more", replace(), null));
        state.check(session, Attachment.KNOWN, acceptCommand());
        if (Long.compareUnsigned(state.confirmedLsn(), lsn) > 0) {
            throw new SourceException(
                    ErrorKind.HELD,
                    "SLOT_AHEAD",
                    "slot " + name + " was moved to " + Lsns.format(state.confirmedLsn())
                            + " by somebody else, and the sinks are at " + Lsns.format(lsn)
                            + ": what is between would be missing",
                    replace(),
                    null);
        }
    }

    private String acceptCommand() {
        return "deltaforge checkpoint accept-slot --config FILE " + pipeline;
    }

    private String replace() {
        return "find out what became of the slot; then load what is missing into the sinks, end DeltaForge, and accept"
                + " the gap: "
                + acceptCommand();
    }

    /**
     * Says whether the server has taken note of a release.
     *
     * @param lsn what was released
     * @return true if so, and if the slot is gone
     */
    public boolean isReleased(long lsn) {
        return find().map(state -> Long.compareUnsigned(state.confirmedLsn(), lsn) >= 0)
                .orElse(true);
    }

    private void create() {
        checkRoom();
        String withFailover = "";
        if (failover && session.version() >= FAILOVER_SINCE) {
            withFailover = ", failover => true";
        } else if (failover) {
            LOG.warn(
                    "Slot {} will not outlive a failover: that needs PostgreSQL 17, this is {}",
                    name,
                    session.versionText());
        }
        try {
            session.execute(
                    "SELECT pg_create_logical_replication_slot(" + Sql.text(name) + ", '" + PLUGIN + "'" + withFailover
                            + ")",
                    CREATE_LIMIT_SECS);
        } catch (SQLException e) {
            if (SqlErrors.CANCELLED.equals(e.getSQLState())) {
                throw new SourceException(
                        ErrorKind.RETRIABLE,
                        "SLOT_WAITS",
                        "making slot " + name + " waits for transactions that are under way for more than "
                                + CREATE_LIMIT_SECS + " s: " + runningTransactions(),
                        "end these transactions",
                        e);
            }
            throw SqlErrors.classify("making slot " + name, e);
        }
    }

    /**
     * Says what {@link #attach} would find, and changes nothing.
     *
     * @param create whether the slot may be made
     * @param report told what is found
     */
    public void check(boolean create, CheckReport report) {
        Optional<SlotState> found = find();
        if (found.isPresent()) {
            found.get().check(session, Attachment.NEW, acceptCommand());
            SlotUse.read(session, name).report(report);
        } else if (create) {
            checkRoom();
            report.ok("SLOT", "slot " + name + " will be made at the first start");
        } else {
            report.error(
                    "SLOT_MISSING", "slot " + name + " does not exist, and create_slot is false", createStatement());
        }
    }

    private String createStatement() {
        return "SELECT pg_create_logical_replication_slot(" + Sql.text(name) + ", '" + PLUGIN + "');";
    }

    private void checkRoom() {
        int most = Integer.parseInt(session.setting("max_replication_slots"));
        long used = session.one("counting slots", "SELECT count(*) FROM pg_replication_slots", row -> row.getLong(1));
        if (used >= most) {
            throw new SourceException(
                    ErrorKind.HELD,
                    "MAX_REPLICATION_SLOTS",
                    "all " + most + " replication slots that max_replication_slots allows are in use",
                    "ALTER SYSTEM SET max_replication_slots = " + (most + 10) + "; -- then restart the server",
                    null);
        }
    }

    private String runningTransactions() {
        return String.join(
                ", ",
                session.query(
                        "asking for running transactions",
                        "SELECT format('pid %s (%s) since %s', pid, usename, xact_start) FROM pg_stat_activity WHERE"
                                + " backend_xid IS NOT NULL AND pid <> pg_backend_pid() ORDER BY xact_start LIMIT 3",
                        row -> row.getString(1)));
    }

    private Optional<SlotState> find() {
        return SlotState.find(session, name);
    }
}
