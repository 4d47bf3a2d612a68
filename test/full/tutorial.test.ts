import { tutorialHolds } from '../jobs/tutorial-posts.ts';

tutorialHolds('');
