import { describe } from 'vitest';
import { loaderOf } from '../engines/kinds.ts';
import { gradientsAreRight } from './gradients.ts';

// On native TensorFlow each of the many small steps is a call: test/full/engines.test.ts.
describe('gradients', () => gradientsAreRight(loaderOf('javascript')));
