/** An export as a stranger's tool might write it: semicolons, its own column names, forty days up to yesterday, a brand by its mentions. */
export function ownExport(now: Date): string {
  const lines = ['Post Date;Author Handle;Message;Reach'];
  for (let day = 40; day >= 1; day -= 1)
    for (let post = 0; post < 20; post += 1) {
      const at = new Date(now.getTime() - day * 86_400_000 - post * 1_800_000).toISOString();
      const words = SAYINGS[(day * 7 + post * 3) % SAYINGS.length] ?? '';
      lines.push(`${at};person${(day * 20 + post) % 311};"@FernwoodTea ${words}";${post}`);
    }
  return `${lines.join('\n')}\n`;
}

const SAYINGS = [
  'best cup of the day, thank you',
  'my order came late again; not amused',
  'do you have this in a larger box?',
  'love the new mint one!',
  'the lid was broken. Again.',
  'just opened on the corner of our street',
  'friendly people, lovely place',
];
