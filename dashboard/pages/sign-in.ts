import { documentHtml, html } from '../../reports/html.ts';
import { ASSETS } from '../assets.ts';
import { hidden } from '../frame.ts';

/** The page that asks for the token, in no frame: its links would lead back here. */
export function signInPage(formKey: string, problem?: string): string {
  const body = html`<main><section><h1>monitor</h1>
${problem === undefined ? undefined : html`<p class="warning" role="alert">${problem}</p>`}
<form class="block" action="/sign-in" method="post">${hidden('key', formKey)}
<label>Token <input type="password" name="token" required autocomplete="current-password"></label>
<button class="main">Sign in</button></form>
<p class="hint">Whoever started <code>monitor serve</code> has it.</p></section></main>`;
  return documentHtml('Sign in · monitor', { styles: [ASSETS.style.href] }, body);
}
