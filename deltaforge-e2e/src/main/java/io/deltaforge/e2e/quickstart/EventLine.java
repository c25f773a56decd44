package io.deltaforge.e2e.quickstart;

import io.deltaforge.e2e.quickstart.Screen.Style;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;

/** One event as one line of at most 80 columns: time, operation, table, key, what changed, latency. */
final class EventLine {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
    private static final int COLUMNS = 80;
    private static final int TIME_COLUMNS = 12;

    private EventLine() {}

    static String of(SeenEvent event, Instant received, Screen screen) {
        Change change = event.change();
        RowKey key = change.row().key();
        String where = String.format(" %-11s %-9s ", key.table().tableName(), "id=" + key.id());
        String latency = String.format("%4d ms", event.latencyMillis());
        int left = COLUMNS - TIME_COLUMNS - 2 - where.length() - latency.length();
        return screen.styled(Style.DIM, TIME.format(received))
                + ' '
                + screen.styled(style(change.op()), change.op().code())
                + where
                + String.format("%-" + left + "s", shortened(detail(change), left))
                + screen.styled(Style.DIM, latency);
    }

    private static Style style(Op op) {
        return switch (op) {
            case CREATE -> Style.GREEN;
            case UPDATE -> Style.YELLOW;
            case DELETE -> Style.RED;
        };
    }

    private static String detail(Change change) {
        StringBuilder text = new StringBuilder();
        List<ShopColumn> columns = change.row().table().columns();
        // Without the key, which is there already, and the version, which every change changes.
        for (ShopColumn column : columns.subList(1, columns.size() - 1)) {
            Object before = change.before() == null ? null : change.before().value(column.name());
            Object after = change.after() == null ? null : change.after().value(column.name());
            if (Objects.equals(before, after) || column.kind() == ShopColumn.Kind.TIMESTAMP) {
                continue;
            }
            text.append(text.isEmpty() ? "" : " ").append(column.name()).append('=');
            switch (change.op()) {
                case CREATE -> text.append(shown(after));
                case UPDATE -> text.append(shown(before)).append(" -> ").append(shown(after));
                case DELETE -> text.append(shown(before));
            }
        }
        return text.toString();
    }

    private static String shown(Object value) {
        return value instanceof String text && text.indexOf(' ') >= 0 ? '"' + text + '"' : String.valueOf(value);
    }

    private static String shortened(String text, int columns) {
        String printable = text.replaceAll("\\p{Cntrl}", " ");
        return printable.length() <= columns ? printable : printable.substring(0, columns - 2) + "..";
    }
}
