package io.deltaforge.core.deadletter;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;

/** Why something that somebody asked for is not done to a letter. The code says what kind of reason it is. */
public final class LetterRefusal extends DeltaForgeException {

    private static final long serialVersionUID = 1L;

    LetterRefusal(String code, String message, String remedy) {
        super(ErrorKind.RECORD, code, message, remedy, null);
    }
}
