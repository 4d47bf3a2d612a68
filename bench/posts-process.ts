/** Writes an export of invented posts: `node bench/posts-process.ts FILE POSTS`. A process of its own, so that its memory is not the pipeline's. */
import { commonWords } from './models.ts';
import { writeExport } from './posts.ts';

const [file = 'posts.csv', posts = '1000'] = process.argv.slice(2);
writeExport(file, Number(posts), await commonWords(), 1);
