// Gives requests to an app made with Slack's own library and says which listener
// took each, with what it read: {name: {heard, user, value, answered}}.
const { App, LogLevel } = require('@slack/bolt');
const requests = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const receiver = { init(app) { this.app = app; }, async start() {}, async stop() {} };
const app = new App({
  receiver, logLevel: LogLevel.ERROR, ignoreSelf: true,
  authorize: async () => ({ botToken: 'xoxb-x', botId: 'B0SANSHI00', botUserId: 'U0SANSHI00' }),
});
let last;
const take = (heard, read) => async (args) => {
  last = { heard, ...read(args) };
  if (args.ack) await args.ack();
};
for (const event of ['approve', 'claim', 'finish', 'approve_picked']) {
  app.action(event, take(`action ${event}`, ({ body, action, payload }) => ({
    user: body.user.id, value: action.value ?? '', block: payload.block_id,
    picked: Object.values(body.state?.values ?? {}).flatMap((b) => (b.pick?.selected_options ?? []).map((o) => o.value)),
  })));
}
app.view('act', take('view act', ({ body, view }) => ({ user: body.user.id, value: view.state.values.note?.note?.value ?? '' })));
app.options('into', take('options into', ({ body, payload }) => ({ user: body.user.id, value: payload.value })));
app.command('/sanshi', take('command', ({ command }) => ({ user: command.user_id, value: command.text })));
app.shortcut('note_it', take('shortcut note_it', ({ body, shortcut }) => ({ user: body.user.id, value: shortcut.message.text })));
app.shortcut('new', take('shortcut new', ({ body }) => ({ user: body.user.id, value: '' })));
app.event('app_home_opened', take('event app_home_opened', ({ event }) => ({ user: event.user, value: event.tab })));
app.message(take('message', ({ message }) => ({ user: message.user, value: message.text })));
(async () => {
  const out = {};
  for (const [name, body] of Object.entries(requests)) {
    last = { heard: '' };
    await receiver.app.processEvent({ body, ack: async () => {} });
    out[name] = last;
  }
  console.log(JSON.stringify(out));
})().catch((e) => { console.error(e); process.exit(1); });
