package io.deltaforge.core.spool;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.PositionOrder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Batches of one pipeline on disk, in order and without a gap, once however many sinks need them. One thread at a time
 * changes it; any thread reads and asks. What was appended can be read at once; it survives a power cut once it is
 * {@linkplain #sync synced}.
 *
 * <p>Stored as segment files in one directory, deleted as a whole when nobody needs any batch in them. Each time the spool
 * begins anew its files are of a new generation: files of an older one are left over from a process that ended before it could
 * delete them.
 */
public final class SpoolLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SpoolLog.class);

    private static final long SMALLEST_SEGMENT = 1L << 20;
    private static final long LARGEST_SEGMENT = 64L << 20;
    /** Space comes free by whole segments, so a spool has room for several. */
    private static final int SEGMENTS = 8;

    /**
     * Where a spool is, and whose.
     *
     * @param directory for it alone; made when it is not there
     * @param pipeline the pipeline's name
     * @param source the identity of the log that the batches come from
     */
    public record Place(Path directory, String pipeline, String source) {}

    private final Place place;
    private final PositionOrder order;
    private final InstantSource clock;
    private final long segmentBytes;
    private final RecordFormat format = new RecordFormat();
    private final NavigableMap<Long, Segment> segments = new ConcurrentSkipListMap<>();
    private long generation;
    private boolean unsynced;
    private boolean namesUnsynced;

    private SpoolLog(Place place, PositionOrder order, InstantSource clock, long segmentBytes) {
        this.place = requireNonNull(place, "place is null");
        this.order = requireNonNull(order, "order is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.segmentBytes = segmentBytes;
    }

    /**
     * Says whether there may be a spool in a directory.
     *
     * @param directory the directory, which need not be there
     * @return whether it has files of a spool
     */
    public static boolean isIn(Path directory) {
        try {
            return Files.isDirectory(directory) && !files(directory).isEmpty();
        } catch (IOException e) {
            throw SpoolErrors.storage("cannot look into " + directory, e);
        }
    }

    /**
     * Opens a spool. Blocks: reads the newest segment.
     *
     * @param place where it is
     * @param order how positions relate
     * @param clock tells how old batches are
     * @param maxBytes how large it may become
     * @return the spool, with what is in it
     * @throws io.deltaforge.api.error.CheckpointException {@code HELD} when it is damaged or another one's, {@code RETRIABLE}
     *     when the directory cannot be used
     */
    public static SpoolLog open(Place place, PositionOrder order, InstantSource clock, long maxBytes) {
        long segment = Math.max(SMALLEST_SEGMENT, Math.min(LARGEST_SEGMENT, maxBytes / SEGMENTS));
        return openWith(place, order, clock, segment);
    }

    static SpoolLog openWith(Place place, PositionOrder order, InstantSource clock, long segmentBytes) {
        SpoolLog log = new SpoolLog(place, order, clock, segmentBytes);
        try {
            Files.createDirectories(place.directory());
            log.load(files(place.directory()));
            return log;
        } catch (IOException e) {
            log.close();
            throw SpoolErrors.storage("cannot open the spool in " + place.directory(), e);
        } catch (RuntimeException e) {
            log.close();
            throw e;
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*" + Segment.SUFFIX)) {
            found.forEach(files::add);
        }
        // The names are of one length, so this is the order of their numbers.
        files.sort(null);
        return files;
    }

    private void load(List<Path> files) throws IOException {
        Segment next = null;
        for (int i = files.size() - 1; i >= 0; i--) {
            Path file = files.get(i);
            long of = Segment.generation(file);
            generation = Math.max(generation, of);
            if (of < generation) {
                Files.delete(file);
            } else if (next == null && Segment.endsInHeader(file)) {
                LOG.debug("{} was about to be begun when the process, or the power, ended", file);
                Files.delete(file);
            } else {
                Segment segment = next == null ? Segment.openNewest(file) : Segment.open(file, next);
                segments.put(segment.first(), segment);
                check(segment.header(), file);
                next = segment;
            }
        }
        // What a process that was killed has written need not have reached the disk.
        unsynced = !segments.isEmpty();
        namesUnsynced = unsynced;
    }

    private void check(SegmentHeader header, Path file) {
        if (!header.pipeline().equals(place.pipeline()) || !header.source().equals(place.source())) {
            throw SpoolErrors.held(
                    "SPOOL_OF_ANOTHER",
                    "the spool's file " + file + " is of pipeline " + header.pipeline() + " and log " + header.source()
                            + ", and this is pipeline " + place.pipeline() + " with log " + place.source(),
                    null);
        }
    }

    /**
     * Says whether there are no batches.
     *
     * @return true without batches
     */
    public boolean isEmpty() {
        // Looked up once each, as everything may be taken out at any time.
        var oldest = segments.firstEntry();
        var newest = segments.lastEntry();
        return oldest == null
                || newest == null
                || newest.getValue().last() < oldest.getValue().first();
    }

    /**
     * Returns the number of the last batch.
     *
     * @return its number; 0 when there never was one
     */
    public long lastSequence() {
        var newest = segments.lastEntry();
        return newest == null ? 0 : newest.getValue().last();
    }

    /**
     * Returns the number from which on every batch is there.
     *
     * @return the number of the first batch, or of the one that comes next
     */
    public long firstSequence() {
        var oldest = segments.firstEntry();
        return oldest == null ? 0 : oldest.getValue().first();
    }

    /**
     * Returns the position before the first batch.
     *
     * @return the position; empty when there is no batch
     */
    public Optional<SourcePosition> start() {
        var oldest = segments.firstEntry();
        return oldest == null || isEmpty()
                ? Optional.empty()
                : Optional.of(order.parse(oldest.getValue().header().start().array()));
    }

    /**
     * Returns the position behind the last batch.
     *
     * @return the position; empty when there is no batch
     */
    public Optional<SourcePosition> end() {
        var newest = segments.lastEntry();
        return newest == null || isEmpty()
                ? Optional.empty()
                : Optional.of(order.parse(newest.getValue().end()));
    }

    /**
     * Returns how large the spool is.
     *
     * @return bytes on disk
     */
    public long bytes() {
        long sum = 0;
        for (Segment segment : segments.values()) {
            sum += segment.length();
        }
        return sum;
    }

    /**
     * Returns how old the oldest batch is that has not been deleted.
     *
     * @return seconds; 0 without batches
     */
    public double ageSeconds() {
        var oldest = segments.firstEntry();
        long at = oldest == null ? 0 : oldest.getValue().firstWrittenAt();
        return at == 0 ? 0 : Math.max(0, clock.millis() - at) / 1e3;
    }

    /**
     * Returns how much room its disk has.
     *
     * @return bytes that this process may still write
     * @throws IOException when that cannot be found out
     */
    public long freeDisk() throws IOException {
        return Files.getFileStore(place.directory()).getUsableSpace();
    }

    /**
     * Appends a batch behind all others. On failure the spool is as it was.
     *
     * @param batch with a number above all others
     * @param before the position that the batch begins at; it matters for the first batch alone, and may be null for any other
     * @throws IOException when it cannot be written
     */
    public void append(EventBatch batch, SourcePosition before) throws IOException {
        if (!isEmpty() && batch.sequence() <= lastSequence()) {
            throw new IllegalArgumentException("batch " + batch.sequence() + " behind batch " + lastSequence());
        }
        write(target(batch.sequence(), before), batch);
    }

    private void write(Segment segment, EventBatch batch) throws IOException {
        long now = clock.millis();
        unsynced = true;
        segment.append(
                format.encode(batch, now), batch.sequence(), now, batch.end().toBytes());
    }

    private Segment target(long sequence, SourcePosition before) throws IOException {
        var newest = segments.lastEntry();
        if (newest != null && newest.getValue().length() < segmentBytes) {
            return newest.getValue();
        }
        if (newest == null) {
            return begin(sequence, before.toBytes());
        }
        newest.getValue().force();
        return begin(sequence, newest.getValue().end());
    }

    private Segment begin(long sequence, byte[] start) throws IOException {
        if (segments.isEmpty()) {
            generation = Math.max(generation + 1, clock.millis());
        }
        Segment segment = Segment.create(
                place.directory(),
                generation,
                sequence,
                new SegmentHeader(place.pipeline(), place.source(), new StoredBytes(start)));
        namesUnsynced = true;
        segments.put(sequence, segment);
        return segment;
    }

    /**
     * Puts batches in front of all others, durably, for a sink that is further behind than those the spool was begun for.
     *
     * @param batches in order; the last one ends where the spool begins
     * @param before the position that the first of them begins at
     * @throws IOException when they cannot be written; the spool is as it was then
     */
    public void prepend(List<EventBatch> batches, SourcePosition before) throws IOException {
        long first = batches.get(0).sequence();
        if (segments.isEmpty() || batches.get(batches.size() - 1).sequence() >= firstSequence()) {
            throw new IllegalArgumentException("batches from " + first + " in front of " + firstSequence());
        }
        Segment segment = Segment.create(
                place.directory(),
                generation,
                first,
                new SegmentHeader(place.pipeline(), place.source(), new StoredBytes(before.toBytes())));
        try {
            for (EventBatch batch : batches) {
                write(segment, batch);
            }
            segment.force();
        } catch (IOException | RuntimeException e) {
            segment.delete();
            throw e;
        }
        namesUnsynced = true;
        segments.put(first, segment);
    }

    /**
     * Makes everything that was appended durable. Blocks on the disk.
     *
     * @throws IOException when that is not certain
     */
    public void sync() throws IOException {
        var newest = segments.lastEntry();
        if (unsynced && newest != null) {
            newest.getValue().force();
            unsynced = false;
        }
        if (namesUnsynced) {
            try (FileChannel names = FileChannel.open(place.directory(), StandardOpenOption.READ)) {
                names.force(true);
            }
            namesUnsynced = false;
        }
    }

    /**
     * Takes out what nobody needs any more.
     *
     * @param sequence the last batch that everybody has; whole segments are taken, so some more may stay
     * @return what deletes the files, which blocks; one that cannot be deleted stays, and does no harm
     */
    public List<Runnable> takeUpTo(long sequence) {
        List<Runnable> deletions = new ArrayList<>();
        while (segments.size() > 1 && segments.firstEntry().getValue().last() <= sequence) {
            Segment taken = segments.pollFirstEntry().getValue();
            deletions.add(() -> delete(taken));
        }
        return deletions;
    }

    /**
     * Takes out everything.
     *
     * @return what deletes the files, which blocks; one that cannot be deleted stays, and does no harm
     */
    public List<Runnable> takeAll() {
        List<Runnable> deletions = new ArrayList<>();
        for (var first = segments.pollFirstEntry(); first != null; first = segments.pollFirstEntry()) {
            Segment taken = first.getValue();
            deletions.add(() -> delete(taken));
        }
        unsynced = false;
        namesUnsynced = false;
        return deletions;
    }

    private static void delete(Segment taken) {
        try {
            taken.delete();
        } catch (IOException e) {
            LOG.warn("{} is not needed any more and cannot be deleted: {}", taken.file(), e.toString());
        }
    }

    /**
     * Reads from a batch on.
     *
     * @param sequence the number of the first batch wanted; all before it are skipped
     * @return a reader, for one thread at a time
     */
    public SpoolReader readerFrom(long sequence) {
        var segment = segments.floorEntry(sequence);
        return new SpoolReader(segments, segment == null ? Long.MIN_VALUE : segment.getKey(), order, sequence, null);
    }

    /**
     * Reads what somebody does not have yet.
     *
     * @param cursor the position up to which somebody has everything, not before {@link #start}
     * @return a reader, for one thread at a time; the first batch may be partly covered
     */
    public SpoolReader readerBehind(SourcePosition cursor) {
        long from = Long.MIN_VALUE;
        for (Segment segment : segments.values()) {
            if (!order.covers(cursor, order.parse(segment.header().start().array()))) {
                break;
            }
            from = segment.first();
        }
        return new SpoolReader(segments, from, order, 0, cursor);
    }

    /** Closes the files; what was not synced may be lost in a power cut. Idempotent. */
    @Override
    public void close() {
        for (Segment segment : segments.values()) {
            try {
                segment.close();
            } catch (IOException e) {
                throw SpoolErrors.storage("cannot close " + segment.file(), e);
            }
        }
    }
}
