package io.deltaforge.testkit.fake;

/** Takes batches and answers none of them until it is told to go on; then all at once, in order. */
public final class StalledSink extends FaultySink {

    /** Makes a sink that stalls from the beginning. */
    public StalledSink() {
        super("stalled", "Answers nothing until it is told to.");
        target().stall();
    }

    /**
     * Returns how many batches wait for an answer.
     *
     * @return the number
     */
    public int unanswered() {
        return target().unanswered();
    }

    /** Carries out what waits, and from now on everything at once. */
    public void goOn() {
        target().mend();
    }
}
