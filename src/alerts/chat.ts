import type { AlertContent } from './alert-content.ts';

/** What a webhook is sent: `text`, which chat tools show, and the same in parts for programs. */
export interface ChatMessage {
  readonly text: string;
  readonly sample?: true;
  readonly alerts?: readonly ChatAlert[];
}

interface ChatAlert {
  /** The number that `monitor alerts feedback` takes. */
  readonly notification: number;
  readonly kind: AlertContent['kind'];
  readonly brand: string;
  readonly rule: string;
  readonly day: string;
  readonly title: string;
  readonly summary: string;
  readonly page?: string;
}

/** The message for webhooks; without quotes of posts, which stay in mails. */
export function chatMessage(
  heading: string,
  alerts: readonly { readonly number: number; readonly content: AlertContent }[],
  isSample: boolean,
): ChatMessage {
  const lines = alerts.map(({ number, content }) =>
    [
      `${MARK[content.kind]} ${content.brand}: ${content.title}`,
      summaryOf(content),
      ...(content.page === '' ? [] : [content.page]),
      `Silence it: ${content.silence}   Answer: monitor alerts feedback ${number} useful`,
    ].join('\n'),
  );
  return {
    // Chat tools read < and & as markup, and @channel wakes everybody.
    text: [heading, ...lines]
      .join('\n\n')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/@(channel|here|everyone|all)\b/gi, '@ $1'),
    ...(isSample ? { sample: true as const } : {}),
    alerts: alerts.map(({ number, content }) => ({
      ...{ notification: number, kind: content.kind, brand: content.slug, rule: content.ruleId, day: content.day },
      ...{ title: content.title, summary: summaryOf(content) },
      ...(content.page === '' ? {} : { page: content.page }),
    })),
  };
}

function summaryOf({ lead, certainty, opinion }: AlertContent): string {
  return [lead, certainty, ...(opinion ? [opinion] : [])].join(' ');
}

const MARK: Record<AlertContent['kind'], string> = { firing: '🔴', repeat: '🔴', resolved: '🟢' };
