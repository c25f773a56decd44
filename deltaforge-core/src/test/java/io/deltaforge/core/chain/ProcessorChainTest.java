package io.deltaforge.core.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.processor.Processor;
import io.deltaforge.core.support.Log;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProcessorChainTest {

    private static final Processor EVEN =
            events -> events.stream().filter(event -> event.ordinal() % 2 == 0).toList();
    private static final Processor NONE = events -> List.of();

    private static ProcessorChain chain(Processor... processors) {
        return new ProcessorChain(Arrays.stream(processors)
                .map(processor -> new ProcessorStep("test", processor, Optional.empty(), MetricScope.none()))
                .toList());
    }

    private static List<ChangeEvent> events(int transaction, int from, int to) {
        Log.Tx tx = new Log.Tx(transaction);
        return IntStream.range(from, to).mapToObj(i -> Log.insert(tx, i)).toList();
    }

    private static String run(ProcessorChain chain, List<ChangeEvent> events, SourcePosition end, boolean whole) {
        ProcessorChain.Output output = chain.process(events, end, whole);
        return output.events().stream().map(Log::name).toList() + "@" + output.end();
    }

    @Test
    void shouldMarkTheLastDeliveredEventOfEachTransaction() {
        List<ChangeEvent> two = new java.util.ArrayList<>(events(1, 0, 2));
        two.addAll(events(2, 0, 4));
        assertThat(run(chain(EVEN), two, Log.end(2), true)).isEqualTo("[tx1#0!, tx2#0, tx2#2!]@2");
    }

    @Test
    void shouldLetAnEmptiedBatchTravel() {
        assertThat(run(chain(NONE), events(1, 0, 3), Log.end(1), true)).isEqualTo("[]@1");
    }

    @Test
    void shouldHoldBackTheLastSurvivorOfAPartUntilItIsKnownWhetherOneFollows() {
        ProcessorChain chain = chain(EVEN);
        assertThat(run(chain, events(1, 0, 4), Log.at(1, 3), false)).isEqualTo("[tx1#0]@1+1");
        assertThat(run(chain, events(1, 4, 6), Log.at(1, 5), false)).isEqualTo("[tx1#2]@1+3");
        assertThat(run(chain, events(1, 7, 8), Log.end(1), true)).isEqualTo("[tx1#4!]@1");
    }

    @Test
    void shouldSayNothingWhileTheVeryFirstEventIsHeldBack() {
        ProcessorChain chain = chain(EVEN);
        assertThat(run(chain, events(1, 0, 2), Log.at(1, 1), false)).isEqualTo("[]@null");
        assertThat(run(chain, events(1, 3, 4), Log.end(1), true)).isEqualTo("[tx1#0!]@1");
    }

    @Test
    void shouldNotHoldAnythingBackWhenNothingCanBeDropped() {
        ProcessorChain chain = chain();
        assertThat(run(chain, events(1, 0, 2), Log.at(1, 1), false)).isEqualTo("[tx1#0, tx1#1]@1+1");
        assertThat(run(chain, events(1, 2, 3), Log.end(1), true)).isEqualTo("[tx1#2!]@1");
    }

    @Test
    void shouldForgetWhatIsHeldBackAfterAReset() {
        ProcessorChain chain = chain(EVEN);
        run(chain, events(1, 0, 3), Log.at(1, 2), false);
        chain.reset();
        assertThat(run(chain, events(1, 2, 4), Log.end(1), true)).isEqualTo("[tx1#2!]@1");
    }
}
