package io.deltaforge.server.cli;

import java.util.List;

/** Every verb, one line each, in the order in which the help shows them. */
final class Verbs {

    static final List<Class<?>> ALL = List.of(
            RunCommand.class, //
            ValidateCommand.class,
            ExplainCommand.class,
            ExplainConfigCommand.class,
            DoctorCommand.class,
            InitCommand.class,
            PluginsCommand.class,
            PsCommand.class,
            GetCommand.class,
            ToldCommands.Pause.class,
            ToldCommands.Resume.class,
            ToldCommands.Stop.class,
            ToldCommands.Start.class,
            TapCommand.class,
            TopCommand.class,
            CheckpointCommand.class,
            DlqCommand.class,
            VersionCommand.class,
            CompletionCommand.class);

    private Verbs() {}
}
