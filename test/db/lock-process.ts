/** Takes a lock and holds it until it is killed. */
import { takeLock } from '../../db/lock.ts';

const [path = '', holder = ''] = process.argv.slice(2);
try {
  takeLock(path, holder);
  process.send?.('taken');
  setInterval(() => undefined, 60_000);
} catch (thrown) {
  process.send?.((thrown as { code: string }).code);
  process.disconnect?.();
}
