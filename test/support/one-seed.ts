import fc from 'fast-check';

/** For mutation tests: the same examples each time, so that the score is the same, and no search for the smallest that fails. */
fc.configureGlobal({ seed: 1, endOnFailure: true });
