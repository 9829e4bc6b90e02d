// Reads [{stamp, sign, body}] and says which of them Slack's own library accepts.
const { isValidSlackRequest } = require('@slack/bolt');
const requests = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const verdicts = requests.map(({ stamp, sign, body }) => {
  try {
    return isValidSlackRequest({
      signingSecret: process.argv[2], body,
      headers: { 'x-slack-request-timestamp': Number(stamp), 'x-slack-signature': sign },
    });
  } catch { return false; }
});
console.log(JSON.stringify(verdicts));
