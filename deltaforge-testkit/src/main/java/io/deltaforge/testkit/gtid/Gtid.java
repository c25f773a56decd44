package io.deltaforge.testkit.gtid;

/** A transaction's name: the server it was first committed on and a number counted there, from 1. */
record Gtid(String server, int number) {

    static Gtid parse(String text) {
        int colon = text.indexOf(':');
        return new Gtid(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }

    @Override
    public String toString() {
        return server + ":" + number;
    }
}
