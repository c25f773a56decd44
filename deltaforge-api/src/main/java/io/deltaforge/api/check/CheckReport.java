package io.deltaforge.api.check;

/**
 * Takes what a plugin finds when it is asked to look at its surroundings: the database, the brokers, a directory. Looking
 * changes nothing. Codes are stable words in capitals, the same as in the failures that they foresee; messages name what was
 * found and what was expected, without secrets. Safe from any thread.
 *
 * @since 0.1.0
 */
public interface CheckReport {

    /**
     * Notes that something is as it should be.
     *
     * @param code what was looked at
     * @param message what was found
     */
    void ok(String code, String message);

    /**
     * Notes something that works, and may not for long or not as wished.
     *
     * @param code what was looked at
     * @param message what was found, and what it leads to
     * @param fix the statement or command that puts it right, ready to be pasted, or a sentence; null when there is none
     */
    void warning(String code, String message, String fix);

    /**
     * Notes something with which nothing can run.
     *
     * @param code what was looked at
     * @param message what was found and what was expected
     * @param fix the statement or command that puts it right, ready to be pasted, or a sentence; null when there is none
     */
    void error(String code, String message, String fix);
}
