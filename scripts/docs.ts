// Writes what is made of the program itself into docs/reference. A test holds that it is current.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/package.ts';
import { commandReference } from './docs/commands.ts';
import { configurationReference } from './docs/configuration.ts';

const reference = join(packageRoot, 'docs', 'reference');
writeFileSync(join(reference, 'configuration.md'), configurationReference());
writeFileSync(join(reference, 'commands.md'), await commandReference());
