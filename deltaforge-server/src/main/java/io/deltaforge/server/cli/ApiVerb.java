package io.deltaforge.server.cli;

import picocli.CommandLine.Mixin;

/** A verb that asks a running process. */
abstract class ApiVerb extends Verb {

    @Mixin
    private ApiOption api;

    @Override
    final Answer answer(Output out) throws Exception {
        try {
            return ask(api.client(), out);
        } catch (ApiClient.Refused e) {
            return e.answer();
        }
    }

    /** Asks; what the process refuses becomes the answer. */
    abstract Answer ask(ApiClient process, Output out) throws Exception;
}
