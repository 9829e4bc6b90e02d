// Calls the stand-in as any app does, with Slack's own client, and prints what came back.
const { WebClient, LogLevel } = require('@slack/web-api');
const [, , url, token] = process.argv;
const web = new WebClient(token, { slackApiUrl: url, logLevel: LogLevel.ERROR, retryConfig: { retries: 2, minTimeout: 10, maxTimeout: 20 } });
const refused = async (call) => { try { await call; return 'ok'; } catch (e) { return e.data?.error ?? e.code; } };
const section = (text) => [{ type: 'section', text: { type: 'mrkdwn', text } }];
const modal = { type: 'modal', callback_id: 'act', title: { type: 'plain_text', text: '办结' }, blocks: section('x') };
(async () => {
  const out = {};
  out.who = (await web.auth.test()).user_id;
  const posted = await web.chat.postMessage({ channel: 'C0HOUSE', text: '新到一件', blocks: section('*村口路灯坏了*') });
  out.posted = posted.message.text;
  out.updated = (await web.chat.update({ channel: 'C0HOUSE', ts: posted.ts, text: '办好了', blocks: section('ok') })).text;
  out.rested = (await web.chat.postMessage({ channel: 'C0HOUSE', text: 'after a 429' })).ok; // the stand-in plays a 429 first
  for (let i = 0; i < 5; i++) await web.chat.postMessage({ channel: 'C0PAGED', text: `m${i}` });
  out.history = [];
  for await (const page of web.paginate('conversations.history', { channel: 'C0PAGED', limit: 2 })) out.history.push(...page.messages.map((m) => m.text));
  const view = await web.views.open({ trigger_id: 'T1', view: modal });
  out.view = (await web.views.update({ view_id: view.view.id, view: { ...modal, blocks: section('y') } })).view.blocks[0].text.text;
  out.home = (await web.views.publish({ user_id: 'U0LI00000', view: { type: 'home', blocks: section('家') } })).ok;
  out.direct = (await web.conversations.open({ users: 'U0LI00000' })).channel.id;
  out.whisper = (await web.chat.postEphemeral({ channel: 'C0HOUSE', user: 'U0LI00000', text: '只有您' })).ok;
  out.file = (await web.files.info({ file: 'F0LAMP' })).file.mimetype;
  out.refusals = {
    tooManyBlocks: await refused(web.chat.postMessage({ channel: 'C0HOUSE', text: 'x', blocks: Array(51).fill(section('x')[0]) })),
    longSection: await refused(web.chat.postMessage({ channel: 'C0HOUSE', text: 'x', blocks: section('x'.repeat(3001)) })),
    nowhere: await refused(web.chat.postMessage({ channel: 'C0GONE', text: 'x' })),
    oldTrigger: await refused(web.views.open({ trigger_id: '', view: modal })),
    stranger: await refused(new WebClient('xoxb-wrong', { slackApiUrl: url, logLevel: LogLevel.ERROR }).auth.test()),
  };
  console.log(JSON.stringify(out));
})().catch((e) => { console.error(e); process.exit(1); });
