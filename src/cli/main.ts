#!/usr/bin/env node
// The version is checked before anything native is loaded: on an old Node the database module crashes the process.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `E_NODE_VERSION: monitor needs Node 24 or newer; this is Node ${process.versions.node}.\n` +
      '  what to do: Install Node 24 or newer. In a clone, `npm ci` brings it and `npm start` or `npx monitor` use it.\n',
  );
  process.exitCode = 2;
} else {
  // Compiled code is kept between starts, for the scoring processes too: loading is most of what a short command costs.
  const { enableCompileCache } = await import('node:module');
  const { directory } = enableCompileCache();
  if (directory !== undefined) process.env.NODE_COMPILE_CACHE ??= directory;
  // `| head` closes the pipe when it has seen enough: that is an end, not an error.
  process.stdout.on('error', (error: Error) => {
    if (!('code' in error && error.code === 'EPIPE')) throw error;
  });
  const { keepHeapSmall } = await import('../heap.ts');
  keepHeapSmall();
  const { main } = await import('./program.ts');
  process.exitCode = await main(process.argv.slice(2));
}
