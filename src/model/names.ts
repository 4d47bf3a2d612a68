/** The model that reads every post unless the settings name another. */
export const DEFAULT_MODEL = 'social';

/** The accurate model that second opinions ask unless another is named; a package of its own. */
export const ACCURATE_MODEL = 'social-accurate';
