package io.deltaforge.api.event;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * One change as the database logged it. Immutable; safe to share between threads.
 *
 * @since 0.1.0
 */
public final class ChangeEvent {

    private static final int OBJECT_BYTES = 64;

    private final Operation operation;
    private final TableSchema table;
    private final Row before;
    private final Row after;
    private final Transaction transaction;
    private final long ordinal;
    private final int child;
    private final boolean transactionEnd;
    private final Replay replay;

    /**
     * Makes the event of one logged change.
     *
     * @param operation what happened
     * @param table the table it happened to
     * @param before the row before, as far as the database logged it, or null
     * @param after the row after, or null
     * @param transaction the transaction
     * @param ordinal the change's place among the transaction's changes, from 0
     */
    public ChangeEvent(
            Operation operation, TableSchema table, Row before, Row after, Transaction transaction, long ordinal) {
        this(operation, table, new Rows(before, after), transaction, ordinal, new Marks(0, false, Replay.NONE));
    }

    private ChangeEvent(
            Operation operation, TableSchema table, Rows rows, Transaction transaction, long ordinal, Marks marks) {
        this.operation = requireNonNull(operation, "operation is null");
        this.table = requireNonNull(table, "table is null");
        this.before = rows.before;
        this.after = rows.after;
        this.transaction = requireNonNull(transaction, "transaction is null");
        this.ordinal = ordinal;
        this.child = marks.child;
        this.transactionEnd = marks.transactionEnd;
        this.replay = marks.replay;
    }

    /** The pair of rows, so that constructors stay short; the compiler removes it. */
    private record Rows(Row before, Row after) {}

    /** What the engine notes on an event; for the same reason. */
    private record Marks(int child, boolean transactionEnd, Replay replay) {}

    /**
     * Makes an event out of this one, at the same position but with an id of its own. Events with the same ordinal are
     * never parted from one another.
     *
     * @param number 1 for the first child of this event, 2 for the second, and so on
     * @param newOperation what the child says happened
     * @param newBefore the row before, or null
     * @param newAfter the row after, or null
     * @return the child
     */
    public ChangeEvent child(int number, Operation newOperation, Row newBefore, Row newAfter) {
        if (number < 1) {
            throw new IllegalArgumentException("children are numbered from 1, got " + number);
        }
        return new ChangeEvent(
                newOperation,
                table,
                new Rows(newBefore, newAfter),
                transaction,
                ordinal,
                new Marks(number, transactionEnd, replay));
    }

    /**
     * Returns this event with other rows, and everything else the same.
     *
     * @param newBefore the row before, or null
     * @param newAfter the row after, or null
     * @return the changed event
     */
    public ChangeEvent withRows(Row newBefore, Row newAfter) {
        return new ChangeEvent(
                operation,
                table,
                new Rows(newBefore, newAfter),
                transaction,
                ordinal,
                new Marks(child, transactionEnd, replay));
    }

    /**
     * Returns this event marked, or not, as the last one of its transaction that is delivered. The engine sets the mark
     * after the processors.
     *
     * @param end whether it is the last
     * @return this event if nothing changes, else a copy
     */
    public ChangeEvent withTransactionEnd(boolean end) {
        return end == transactionEnd ? this : marked(new Marks(child, end, replay));
    }

    /**
     * Returns this event marked as one that is delivered again on somebody's request. The engine sets the mark.
     *
     * @param newReplay whether and how
     * @return this event if nothing changes, else a copy
     * @since 0.1.0
     */
    public ChangeEvent withReplay(Replay newReplay) {
        requireNonNull(newReplay, "newReplay is null");
        return newReplay == replay ? this : marked(new Marks(child, transactionEnd, newReplay));
    }

    private ChangeEvent marked(Marks marks) {
        return new ChangeEvent(operation, table, new Rows(before, after), transaction, ordinal, marks);
    }

    /**
     * Returns what happened.
     *
     * @return the operation
     */
    public Operation operation() {
        return operation;
    }

    /**
     * Returns the table, as it was shaped at this point of the log.
     *
     * @return the schema
     */
    public TableSchema table() {
        return table;
    }

    /**
     * Returns the row before the change.
     *
     * @return the row as far as the database logged it, often the key alone; null when there was none or nothing of it
     *     was logged
     */
    public Row before() {
        return before;
    }

    /**
     * Returns the row after the change.
     *
     * @return the row, or null for deletes and truncates
     */
    public Row after() {
        return after;
    }

    /**
     * Returns the row that says which row of the table this event is about.
     *
     * @return the row after, or for deletes the row before; empty for truncates and where nothing was logged
     */
    public Optional<Row> identity() {
        return Optional.ofNullable(after != null ? after : before);
    }

    /**
     * Returns the transaction.
     *
     * @return one instance for all events of a transaction that come from one reading of the log
     */
    public Transaction transaction() {
        return transaction;
    }

    /**
     * Returns the place in the transaction.
     *
     * @return counted from 0 over all changes that the source logged for the pipeline
     */
    public long ordinal() {
        return ordinal;
    }

    /**
     * Returns which child of the logged change this event is.
     *
     * @return 0 for the change itself
     */
    public int childNumber() {
        return child;
    }

    /**
     * Says whether this is the last event of its transaction that is delivered.
     *
     * @return true for the last
     */
    public boolean isTransactionEnd() {
        return transactionEnd;
    }

    /**
     * Says whether the event is delivered on somebody's request, apart from the log.
     *
     * @return {@link Replay#NONE} for what comes from the log
     * @since 0.1.0
     */
    public Replay replay() {
        return replay;
    }

    /**
     * Returns the position just after this event.
     *
     * @return a position from which the source can resume
     */
    public SourcePosition position() {
        return transaction.positionAfter(ordinal);
    }

    /**
     * Returns the first half of the event's id.
     *
     * @return the UUID's most significant bits
     * @see EventId
     */
    public long idHigh() {
        return EventId.high(transaction.hashHigh(), child);
    }

    /**
     * Returns the second half of the event's id.
     *
     * @return the UUID's least significant bits
     * @see EventId
     */
    public long idLow() {
        return EventId.low(transaction.hashLow(), ordinal);
    }

    /**
     * Returns how much memory the event keeps alive, for the bounds of queues.
     *
     * @return bytes, an estimate
     */
    public int retainedBytes() {
        return OBJECT_BYTES
                + (before == null ? 0 : before.retainedBytes())
                + (after == null ? 0 : after.retainedBytes());
    }

    /** Names the event without showing any value of it. */
    @Override
    public String toString() {
        return operation.code() + " " + table + " tx " + transaction.id() + " #" + ordinal
                + (child == 0 ? "" : "." + child);
    }
}
