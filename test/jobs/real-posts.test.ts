import { tutorialHolds } from './tutorial-posts.ts';

// All 15,096 posts of the first export are in test/full/tutorial.test.ts.
tutorialHolds('2017-11-13');
