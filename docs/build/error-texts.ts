import type { GoodbyeCode, RejectionCode, Retry } from '@peerstage/sdk/protocol'
import type { ErrorCode, LocalErrorCode } from '../../sdk/src/errors'

/** What a reader needs to know of a code. Texts live here and not in the packages: no browser has to load them. */
export type ErrorText = {
  readonly meaning: string
  /** Who gets it, and by which call or event. */
  readonly seenBy: string
  readonly whatToDo: string
}

/** What a client does after its connection ended, by the retry of the published table. */
export const RETRIES: Readonly<Record<Retry, string>> = {
  never: 'no',
  freshToken: 'once, with a fresh token, where `token` is a function',
  slowly: 'each 15 to 30 s if it had joined; a first `join()` rejects at once',
  soon: 'yes, with backoff and jitter',
}

/** The codes that this side of the wire makes. `retryable` is what the errors carry. */
export const LOCAL: Readonly<Record<LocalErrorCode, ErrorText & { readonly retryable: boolean }>> = {
  invalid_options: {
    meaning: 'An option has a wrong value; the message names it.',
    seenBy: 'whoever calls the constructor (it throws), or `join()` where there is no page and no `url`',
    retryable: false,
    whatToDo: 'Correct the option.',
  },
  hello_too_large: {
    meaning: 'Token, name and keys do not fit into the upgrade request.',
    seenBy: '`join()`',
    retryable: false,
    whatToDo: 'Issue a shorter token: less metadata.',
  },
  timeout: {
    meaning: 'A server answered, but the room was not joined within `joinTimeoutMs`. `cause` holds the last failure.',
    seenBy: '`join()`',
    retryable: true,
    whatToDo: 'Offer to try again.',
  },
  unreachable: {
    meaning: 'No server answered within `joinTimeoutMs`.',
    seenBy: '`join()`',
    retryable: true,
    whatToDo: 'Check `url`, the certificate, and that proxies pass WebSocket upgrades on.',
  },
  aborted: {
    meaning: 'The call was cancelled: by its signal, by `leave()`, or by a later call that made it pointless.',
    seenBy: '`join()`, media verbs, whatever still waited when the room was left',
    retryable: false,
    whatToDo: 'Nothing: your app asked for it.',
  },
  token_unavailable: {
    meaning: 'The token function threw, gave no token, or took more than 10 s.',
    seenBy: '`join()`. A joined client goes on trying',
    retryable: true,
    whatToDo: "Look at your backend; `cause` holds the function's error.",
  },
  not_joined: {
    meaning: 'The call needs a joined room.',
    seenBy: 'every verb before `join()` and after the room was left',
    retryable: false,
    whatToDo: 'Call it while `state.status` is `joined` or `reconnecting`.',
  },
  outbox_full: {
    meaning: 'More than 200 commands wait to be sent: for the connection, or for the pace that the server allows.',
    seenBy: 'verbs that ask the server: `chat.send` for one',
    retryable: true,
    whatToDo: 'Disable the input while `state.status` is `reconnecting` for long.',
  },
  permission_denied: {
    meaning: 'The user, the browser or the system refused the device.',
    seenBy: '`media.publish`, `unmute`, `switchDevice`, `shareScreen`',
    retryable: true,
    whatToDo: 'Show `userAction`: it says where to allow it.',
  },
  device_in_use: {
    meaning: 'The device cannot be opened; something else may hold it.',
    seenBy: '`media.publish`, `unmute`, `switchDevice`, `shareScreen`',
    retryable: true,
    whatToDo: 'Show `userAction`, and offer another device of `media.devices()`.',
  },
  no_device: {
    meaning: 'There is no such device, or it is gone.',
    seenBy: '`media.publish`, `unmute`, `switchDevice`; the event `mediaError` when one in use is lost',
    retryable: true,
    whatToDo: 'Go on without it: a room works without a camera.',
  },
  insecure_context: {
    meaning: 'The page is served neither by https nor from localhost, so the browser hides its devices.',
    seenBy: '`media.publish`, `shareScreen`, `devices`',
    retryable: false,
    whatToDo: 'Serve the page by https.',
  },
  unsatisfied_constraints: {
    meaning: 'No device can do what the constraints ask for.',
    seenBy: '`media.publish`, `switchDevice`, `shareScreen`',
    retryable: false,
    whatToDo: 'Ask with `ideal` in place of `exact`.',
  },
  not_supported: {
    meaning: 'The browser, or Node without the option `wrtc` or `WebSocket`, lacks what this needs.',
    seenBy: '`join()`, `media` verbs',
    retryable: false,
    whatToDo: 'Ask `checkSupport()` first, and hide what cannot work.',
  },
  cancelled: {
    meaning: 'The user closed the picker without choosing a screen.',
    seenBy: '`media.shareScreen`',
    retryable: true,
    whatToDo: 'Nothing.',
  },
  turn_needed: {
    meaning: 'Two participants cannot reach each other directly, and no TURN server is configured that could relay.',
    seenBy: 'the event `linkChanged`',
    retryable: true,
    whatToDo: 'Configure [TURN](deployment.md#turn). The link goes on trying by itself.',
  },
  link_failed: {
    meaning: 'A link was lost, or never came up.',
    seenBy: 'the event `linkChanged`',
    retryable: true,
    whatToDo: 'Nothing: the link starts over by itself. Show `participant.link`.',
  },
}

/** The codes that come from the server. Whether they are retryable is in the protocol's own tables. */
const REMOTE: Readonly<Record<GoodbyeCode | RejectionCode, ErrorText>> = {
  bad_frame: {
    meaning: 'The server could not read what this client sent.',
    seenBy: '`join()`, the event `left`',
    whatToDo: 'SDK and server do not fit together, or something on the way changes frames. Report it.',
  },
  unauthorized: {
    meaning: 'The token is missing, wrong or expired. Which of these is not told.',
    seenBy: '`join()`, the event `left`; the command `session.refresh`',
    whatToDo: 'Give `token` as a function. Check secret, `aud`, `exp` and the clocks of both machines.',
  },
  forbidden: {
    meaning:
      'The role may not do that; or, when connecting: the token is for another room, or the page is of another origin.',
    seenBy: 'whoever called; `join()`',
    whatToDo: 'Hide what the [role](tokens-and-roles.md) may not do; check `allowedOrigins`.',
  },
  room_not_found: {
    meaning: 'The room is not open, and this token may not open it (`createRooms`).',
    seenBy: '`join()`, the event `left`',
    whatToDo: 'Let the host come first, then try again.',
  },
  unsupported_version: {
    meaning: "The server does not speak this SDK's version of the protocol.",
    seenBy: '`join()`, the event `left`',
    whatToDo: 'Update the older side; let people reload the page.',
  },
  verification_timeout: {
    meaning:
      'The server did not finish checking the token in time (5 s by default), or a held place was not taken in time (5 min by default), or a welcome was not confirmed in 10 s.',
    seenBy: 'the event `goodbye`',
    whatToDo: 'Nothing: the client tries again.',
  },
  superseded: {
    meaning: 'The session went on elsewhere: the same identity joined in another tab or on another device.',
    seenBy: 'the older session, by the event `left`; with `duplicateSessions: "reject"` the newer one, by `join()`',
    whatToDo: 'Say so, and offer a button that joins here again.',
  },
  room_ended: {
    meaning: 'The room has ended; its id is refused for a minute.',
    seenBy: 'everybody in the room, by the event `left`; who comes then, by `join()`',
    whatToDo: 'Show that it is over.',
  },
  removed: {
    meaning: 'A moderator removed this identity from the room, or banned it.',
    seenBy:
      'the removed one, by the event `left`, and by `join()` until the room closes or the minutes are over; a banned one, until the ban is lifted',
    whatToDo: 'Do not join again by yourself.',
  },
  room_full: {
    meaning: 'All places are taken. One place is kept for a host while none is there.',
    seenBy: '`join()`',
    whatToDo: 'Offer to try again.',
  },
  room_locked: {
    meaning: 'The room takes nobody new. Hosts come in all the same.',
    seenBy: '`join()`',
    whatToDo: 'Offer to try again.',
  },
  busy: {
    meaning:
      'As many connections come from this network (a school, a company) as the server takes of one. `retryAfterMs` says when to try again.',
    seenBy: '`join()`. A joined client comes back after that time',
    whatToDo: 'Offer to try again; raise `maxSocketsPerAddress` where many share an address.',
  },
  rate_limited: {
    meaning: 'Too many messages, casts or joins in a short time. `retryAfterMs` says when to try again.',
    seenBy: 'whoever called; the event `goodbye` when it was a flood',
    whatToDo: 'Rare: the SDK keeps to the limits by itself. Slow down what calls in a loop.',
  },
  slow_consumer: {
    meaning: 'This connection was too slow to take what the room sent.',
    seenBy: 'the event `goodbye`',
    whatToDo: 'Nothing: the client comes back and catches up.',
  },
  draining: {
    meaning: 'The server is going down.',
    seenBy: 'the event `goodbye`',
    whatToDo: 'Nothing: the client comes back, spread over some seconds.',
  },
  unavailable: {
    meaning:
      'The server cannot do this now; or the connection is down and the call does not wait; or the room was opened anew before the server answered.',
    seenBy: 'whoever called; the event `goodbye`',
    whatToDo: 'Offer to try again.',
  },
  invalid: {
    meaning: 'A value has the wrong form, or the call makes no sense now: no text, no emoji, no raised hand.',
    seenBy: 'whoever called',
    whatToDo: 'Check the value before the call.',
  },
  peer_not_found: {
    meaning: 'There is no such participant in the room (any more), or no edge to it.',
    seenBy: 'whoever called',
    whatToDo: 'Nothing: the participant has just left.',
  },
  bad_description: {
    meaning:
      'An offer or answer has other sections than the layout: audio, video, video, audio, application, in this order and no more.',
    seenBy: 'a client of your own making; the SDK makes no such descriptions',
    whatToDo: 'Make the four transceivers and the data channel of the layout, before the offer.',
  },
  message_not_found: {
    meaning: 'The chat message is gone already, or no longer kept.',
    seenBy: '`chat.delete`, `moderation.ban`; `chat.history` of its `before`',
    whatToDo: 'Nothing; ask for the history before another one.',
  },
  ban_not_found: {
    meaning: 'There is no such ban: somebody has lifted it.',
    seenBy: '`moderation.unban`',
    whatToDo: 'Ask `moderation.bans()` again.',
  },
  bans_full: {
    meaning: 'As many are banned as a room takes: 1,000.',
    seenBy: '`moderation.ban`',
    whatToDo: 'Lift one that is no longer needed, or kick: that holds until the room closes.',
  },
  stage_full: {
    meaning: "As many are on stage as the room's mode allows.",
    seenBy: '`stage.request` with an invitation, `stage.approve`, `stage.invite`, `moderation.setRole`',
    whatToDo: 'Let somebody step down first.',
  },
  source_not_allowed: {
    meaning: "The room's mode does not take this source.",
    seenBy: '`media.publish`, `media.shareScreen`',
    whatToDo: 'Show only the buttons of `state.room.mode.sources`.',
  },
  payload_too_large: {
    meaning: 'A text or value is larger than the server takes.',
    seenBy: '`chat.send`, `data.send`; any verb whose values do not fit a frame',
    whatToDo: 'Shorten it.',
  },
  internal: {
    meaning: 'Something failed that should not. `cause` may tell more.',
    seenBy: 'whoever called',
    whatToDo: 'Report it.',
  },
}

/** Exhaustive: a code without a text does not compile. */
export const TEXTS = { ...LOCAL, ...REMOTE } satisfies Readonly<Record<ErrorCode, ErrorText>>
