package io.deltaforge.source.postgres;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.api.source.EventReceiver;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.api.source.Source;
import io.deltaforge.api.source.SourceContext;
import io.deltaforge.api.source.SourceIdentity;
import io.deltaforge.source.postgres.connect.SqlErrors;
import io.deltaforge.source.postgres.pgoutput.JdbcCatalog;
import io.deltaforge.source.postgres.pgoutput.PgOutputDecoder;
import io.deltaforge.source.postgres.position.PostgresPosition;
import io.deltaforge.source.postgres.position.PostgresPositions;
import io.deltaforge.source.postgres.setup.DatabaseSession;
import io.deltaforge.source.postgres.setup.Findings;
import io.deltaforge.source.postgres.setup.Publication;
import io.deltaforge.source.postgres.setup.Slot;
import io.deltaforge.source.postgres.type.PgType;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one slot of a PostgreSQL server. Two sessions: an ordinary one that holds the lock of ownership and asks the catalog,
 * and one for replication. All methods but {@link #release} and {@link #stop} are called on the reader thread.
 */
final class PostgresSource implements Source {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresSource.class);
    private static final long DEFAULT_SENDER_TIMEOUT_MILLIS = 60_000;
    private static final long LAST_RELEASE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LAST_RELEASE_RETRY_MILLIS = 5;

    private final PostgresSettings settings;
    private final SourceContext context;
    private final SourceMetrics metrics;

    private DatabaseSession database;
    private ReplicationSession replication;
    private Slot slot;
    private Publication publication;
    private volatile PostgresPositions positions = new PostgresPositions(null);
    private long confirmed;
    private volatile PostgresPosition releasable;
    private volatile boolean stopping;

    PostgresSource(PostgresSettings settings, SourceContext context) {
        this.settings = requireNonNull(settings, "settings is null");
        this.context = requireNonNull(context, "context is null");
        this.metrics = new SourceMetrics(context.metrics());
    }

    @Override
    public SourceIdentity open() {
        database = DatabaseSession.open(settings.connections());
        Findings findings = new Findings();
        database.checkServer(findings);
        try {
            database.own(settings.slot());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        openReplication(findings);
        findings.throwIfAny();
        slot = new Slot(
                database, settings.slot(), context.pipeline(), settings.make().failover());
        publication = new Publication(database, settings.publication(), settings.tables());
        return new SourceIdentity(
                Long.toUnsignedString(replication.systemIdentifier()) + "/" + settings.slot(),
                "PostgreSQL " + database.versionText() + " at "
                        + settings.connections().dsn().hosts() + ", database "
                        + settings.connections().dsn().database() + ", slot " + settings.slot());
    }

    private void openReplication(Findings findings) {
        try {
            replication = ReplicationSession.open(settings.connections());
            positions = new PostgresPositions(replication.history());
        } catch (SQLException e) {
            if (!SqlErrors.NO_RIGHT.equals(e.getSQLState())) {
                findings.throwIfAny();
                throw SqlErrors.classify(
                        "opening a replication session with "
                                + settings.connections().dsn(),
                        e);
            }
            NoReplicationRight.of(settings.connections().dsn().user()).tell(findings::add);
        }
    }

    @Override
    public SourcePosition attach(Attachment attachment) {
        if (attachment == Attachment.NEW) {
            publication.prepare(attachment, settings.make().publication());
            confirmed = slot.attach(attachment, settings.make().slot());
        } else {
            confirmed = slot.attach(attachment, settings.make().slot());
            publication.prepare(attachment, settings.make().publication());
        }
        return PostgresPosition.boundary(replication.history().timelineOf(confirmed - 1), confirmed);
    }

    @Override
    public PositionOrder positions() {
        return positions;
    }

    @Override
    public void run(SourcePosition from, EventReceiver receiver) throws InterruptedException {
        PostgresPosition start = positions.checked(from);
        checkStart(start);
        SentTables sentTables = new SentTables(settings.tables()::matches);
        TransactionReader transactions = new TransactionReader(
                receiver, context.pipeline(), replication.systemIdentifier(), metrics, sentTables);
        try (JdbcCatalog catalog = new JdbcCatalog(() -> settings.connections().open(), context.state())) {
            boolean binary = isBinaryPossible(catalog)
                    && (start.isBoundary() || start.digest() == 0 || TransactionDigest.isBinary(start.digest()));
            while (!readStream(start, binary, transactions, receiver, catalog)) {
                start = transactions.handedOver();
                binary = false;
                reopen();
            }
        }
        releaseAtLast();
    }

    /** A server that is asked for a place it does not have starts elsewhere without a word, so it is asked before. */
    private void checkStart(PostgresPosition start) {
        slot.checkHolds(start.lsn());
        long end = database.flushedLsn();
        if (Long.compareUnsigned(start.lsn(), end) > 0) {
            throw new SourceException(
                    ErrorKind.HELD,
                    "LOG_BEHIND",
                    "the sinks are at " + start + ", and the server's log ends at "
                            + LogSequenceNumber.valueOf(end).asString()
                            + ": the server has lost what the sinks have, as one restored from a copy does",
                    "bring back the server's log; to go on without, accept what the sinks have too much, end"
                            + " DeltaForge, and start from what the slot holds: deltaforge checkpoint reset --config FILE "
                            + context.pipeline(),
                    null);
        }
    }

    private boolean isBinaryPossible(JdbcCatalog catalog) {
        List<PgType> needText = PgOutputDecoder.typesThatNeedText(catalog, publication.columnTypes());
        if (!needText.isEmpty()) {
            LOG.info(
                    "Pipeline {}: reading text, because these types have no known binary form: {}",
                    context.pipeline(),
                    String.join(", ", needText.stream().map(PgType::displayName).toList()));
        }
        return needText.isEmpty();
    }

    /** Returns whether it was told to stop; if not, the stream has to be opened again as text. */
    private boolean readStream(
            PostgresPosition start,
            boolean binary,
            TransactionReader transactions,
            EventReceiver receiver,
            JdbcCatalog catalog)
            throws InterruptedException {
        long statusNanos = statusNanos();
        PgOutputDecoder decoder =
                new PgOutputDecoder(catalog, settings.connections().dsn().database(), settings.tables()::matches);
        transactions.resume(start, replication.history(), decoder, binary);
        replication.start(settings.slot(), settings.publication(), start.lsn(), releasableLsn(), binary, statusNanos);
        try {
            new LogReader(replication, transactions, receiver, this::isOwned, this::releasableLsn, statusNanos)
                    .read(() -> stopping);
            return true;
        } catch (SourceException e) {
            if (!binary || !e.reason().equals(PgOutputDecoder.TEXT_MODE_NEEDED)) {
                throw e;
            }
            LOG.info("Pipeline {}: reading text from here on: {}", context.pipeline(), e.getMessage());
            return false;
        }
    }

    private boolean isOwned() {
        OptionalLong retained = database.retainedBytes(settings.slot());
        retained.ifPresent(metrics::retained);
        return retained.isPresent();
    }

    private void reopen() {
        replication.close();
        Findings findings = new Findings();
        openReplication(findings);
        findings.throwIfAny();
    }

    /** A quarter of the time after which the server gives up, or what is configured if that is shorter. */
    private long statusNanos() {
        long timeoutMillis = Long.parseLong(database.setting("wal_sender_timeout"));
        long quarter = (timeoutMillis == 0 ? DEFAULT_SENDER_TIMEOUT_MILLIS : timeoutMillis) / 4;
        return Math.min(settings.statusNanos(), TimeUnit.MILLISECONDS.toNanos(Math.max(1, quarter)));
    }

    /** Where reading starts is not yet a word that the log before may go: until somebody says so, the slot stays as found. */
    private long releasableLsn() {
        PostgresPosition upTo = releasable;
        return upTo == null ? confirmed : upTo.lsn();
    }

    /** The server may be busy sending, and forgets what it has not read when the connection ends: it is asked to confirm. */
    private void releaseAtLast() throws InterruptedException {
        PostgresPosition upTo = releasable;
        if (upTo == null) {
            return;
        }
        replication.release(upTo.lsn());
        long deadline = System.nanoTime() + LAST_RELEASE_NANOS;
        while (!slot.isReleased(upTo.lsn()) && System.nanoTime() - deadline < 0) {
            Thread.sleep(LAST_RELEASE_RETRY_MILLIS);
        }
    }

    @Override
    public void release(SourcePosition upTo) {
        releasable = positions.checked(upTo);
    }

    @Override
    public void stop() {
        stopping = true;
    }

    @Override
    public void close() {
        if (replication != null) {
            replication.close();
        }
        if (database != null) {
            database.close();
        }
    }

    private static SourceException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new SourceException(ErrorKind.RETRIABLE, "INTERRUPTED", "interrupted while opening the source", cause);
    }
}
