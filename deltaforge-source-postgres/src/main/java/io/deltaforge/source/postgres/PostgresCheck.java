package io.deltaforge.source.postgres;

import io.deltaforge.api.check.CheckReport;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.source.postgres.connect.Dsn;
import io.deltaforge.source.postgres.connect.SqlErrors;
import io.deltaforge.source.postgres.setup.DatabaseSession;
import io.deltaforge.source.postgres.setup.Publication;
import io.deltaforge.source.postgres.setup.ServerSettings;
import io.deltaforge.source.postgres.setup.Slot;
import java.sql.SQLException;

/** Looks at a database as a source would find it; reads only, and takes neither lock nor slot. */
record PostgresCheck(PostgresSettings settings, String pipeline, CheckReport report) {

    void run() {
        try (DatabaseSession session = DatabaseSession.open(settings.connections())) {
            Dsn dsn = settings.connections().dsn();
            report.ok(
                    "CONNECTION",
                    "PostgreSQL " + session.versionText() + " at " + dsn.hosts() + ", database " + dsn.database()
                            + ", role " + dsn.user());
            ServerSettings.check(session, report);
            replicationSession(dsn);
            step(() -> new Publication(session, settings.publication(), settings.tables())
                    .check(settings.make().publication(), report));
            step(() -> new Slot(
                            session, settings.slot(), pipeline, settings.make().failover())
                    .check(settings.make().slot(), report));
        }
    }

    /** What stops a source at one place is one finding here, and the next place is looked at all the same. */
    private void step(Runnable check) {
        try {
            check.run();
        } catch (DeltaForgeException e) {
            report.error(e.reason(), e.getMessage(), e.remedy().orElse(null));
        }
    }

    /** Rights, pg_hba.conf and proxies show only when one is opened. */
    private void replicationSession(Dsn dsn) {
        try (ReplicationSession session = ReplicationSession.open(settings.connections())) {
            report.ok(
                    "REPLICATION_RIGHT",
                    "a replication session opens; system identifier "
                            + Long.toUnsignedString(session.systemIdentifier()));
        } catch (SQLException e) {
            if (SqlErrors.NO_RIGHT.equals(e.getSQLState())) {
                NoReplicationRight.of(dsn.user()).tell(report::error);
            } else {
                step(() -> {
                    throw SqlErrors.classify("opening a replication session with " + dsn, e);
                });
            }
        }
    }
}
