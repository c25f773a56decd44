package io.deltaforge.bench.drain;

/**
 * What one drain took.
 *
 * @param side who drained
 * @param events how many changes
 * @param seconds wall clock, see {@link DrainReport#METHOD}
 * @param postgresCpuSeconds CPU of the whole server during the drain
 * @param own figures of DeltaForge, null for the reference
 */
record Run(Side side, int events, double seconds, double postgresCpuSeconds, Own own) {

    /**
     * What only DeltaForge's runs have.
     *
     * @param startSeconds from the start of the process to the start of the measurement
     * @param cpuSeconds CPU of the process from its start to the last acknowledgement
     * @param walSenderCpuSeconds CPU of the server's process that sends the log
     * @param brokerCpuSeconds CPU of the broker during the drain
     * @param peakRssBytes the most memory that the process ever held
     * @param valueBytes bytes of all record values in the topic
     */
    record Own(
            double startSeconds,
            double cpuSeconds,
            double walSenderCpuSeconds,
            double brokerCpuSeconds,
            long peakRssBytes,
            long valueBytes) {}

    double eventsPerSecond() {
        return events / seconds;
    }

    /** DeltaForge's own CPU per million events. */
    double cpuSecondsPerMillion() {
        return own.cpuSeconds() * 1e6 / events;
    }

    double peakRssMegabytes() {
        return own.peakRssBytes() / 1e6;
    }

    double megabytesPerSecond() {
        return own.valueBytes() / 1e6 / seconds;
    }

    /** One line for people while the runs go on. */
    String ownFigures() {
        return own == null
                ? ""
                : String.format(
                        "  own %5.2f CPU-s  walsender %5.2f  broker %5.2f  peak RSS %4.0f MB  start %4.2f s  verified",
                        own.cpuSeconds(),
                        own.walSenderCpuSeconds(),
                        own.brokerCpuSeconds(),
                        peakRssMegabytes(),
                        own.startSeconds());
    }
}
