import type { GoodbyeCode, RejectionCode, Retry } from '@peerstage/sdk/protocol'
import type { ErrorCode, LocalErrorCode } from '../../sdk/src/errors'

/** What a reader needs to know about a code. The texts are here, not in the packages, so that browsers do not load them. */
export type ErrorText = {
  readonly meaning: string
  /** The call or event that reports it. */
  readonly seenBy: string
  readonly whatToDo: string
}

/** What a client does after its connection ended, for each `retry` of the protocol's table. */
export const RETRIES: Readonly<Record<Retry, string>> = {
  never: 'no',
  freshToken: 'once, with a new token, if `token` is a function',
  slowly: 'each 15 to 30 s if it had joined; a first `join()` rejects at once',
  soon: 'yes, with backoff and jitter',
}

/** The codes that the client makes. `retryable` is the value in the errors. */
export const LOCAL: Readonly<Record<LocalErrorCode, ErrorText & { readonly retryable: boolean }>> = {
  invalid_options: {
    meaning: 'An option has a wrong value; the message names it.',
    seenBy: 'the constructor (it throws), or `join()`',
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
    meaning: 'The call was cancelled: by its signal, by `leave()`, or by a later call that replaced it.',
    seenBy: '`join()`, media calls, every call that was waiting when the room was left',
    retryable: false,
    whatToDo: 'Nothing: your app caused it.',
  },
  token_unavailable: {
    meaning: 'The token function threw, returned no token, or took more than 10 s.',
    seenBy: '`join()`. A joined client tries again',
    retryable: true,
    whatToDo: "Check your backend; `cause` has the function's error.",
  },
  not_joined: {
    meaning: 'The call needs a joined room.',
    seenBy: 'every call before `join()` and after the room was left',
    retryable: false,
    whatToDo: 'Call it while `state.status` is `joined` or `reconnecting`.',
  },
  outbox_full: {
    meaning: 'More than 200 commands wait to be sent, for the connection or for the allowed rate.',
    seenBy: 'calls that ask the server, such as `chat.send`',
    retryable: true,
    whatToDo: 'Disable the input while `state.status` is `reconnecting` for long.',
  },
  permission_denied: {
    meaning: 'The user, the browser or the system blocked the device.',
    seenBy: '`media.publish`, `unmute`, `switchDevice`, `shareScreen`',
    retryable: true,
    whatToDo: 'Show `error.text`, which says where to allow it.',
  },
  device_in_use: {
    meaning: 'The device cannot be opened; another program may be using it.',
    seenBy: '`media.publish`, `unmute`, `switchDevice`, `shareScreen`',
    retryable: true,
    whatToDo: 'Show `error.text`, and offer another device of `media.devices()`.',
  },
  no_device: {
    meaning: 'There is no such device, or it is gone.',
    seenBy: '`media.publish`, `unmute`, `switchDevice`; the event `mediaError` when one in use is lost',
    retryable: true,
    whatToDo: 'Continue without it: a room works without a camera.',
  },
  insecure_context: {
    meaning: 'The page is served neither with https nor from localhost, so the browser offers no devices.',
    seenBy: '`media.publish`, `shareScreen`, `devices`',
    retryable: false,
    whatToDo: 'Serve the page with https.',
  },
  unsatisfied_constraints: {
    meaning: 'No device can do what the constraints ask for.',
    seenBy: '`media.publish`, `switchDevice`, `shareScreen`',
    retryable: false,
    whatToDo: 'Use `ideal` instead of `exact`.',
  },
  not_supported: {
    meaning: 'The browser lacks a needed function, or Node has no option `wrtc` or `WebSocket`.',
    seenBy: '`join()`, `media` calls',
    retryable: false,
    whatToDo: 'Call `checkSupport()` first, and hide what cannot work.',
  },
  cancelled: {
    meaning: 'The user closed the picker without choosing a screen.',
    seenBy: '`media.shareScreen`',
    retryable: true,
    whatToDo: 'Nothing.',
  },
  turn_needed: {
    meaning: 'Two participants cannot connect directly, and no TURN server is configured to relay.',
    seenBy: 'the event `linkChanged`',
    retryable: true,
    whatToDo: 'Configure [TURN](deployment.md#turn). The link keeps trying by itself.',
  },
  link_failed: {
    meaning: 'A link was lost, or could not connect.',
    seenBy: 'the event `linkChanged`',
    retryable: true,
    whatToDo: 'Nothing: the link is made again by itself. Show `participant.link`.',
  },
}

/** The codes that come from the server. The protocol's tables say whether they are retryable. */
const REMOTE: Readonly<Record<GoodbyeCode | RejectionCode, ErrorText>> = {
  bad_frame: {
    meaning: 'The server could not read what this client sent.',
    seenBy: '`join()`, the event `left`',
    whatToDo: 'SDK and server have different versions, or a proxy changes frames. Report it.',
  },
  unauthorized: {
    meaning: 'The token is missing, wrong or expired; the server does not tell which.',
    seenBy: '`join()`, the event `left`; the command `session.refresh`',
    whatToDo: 'Give `token` as a function. Check secret, `aud`, `exp` and the clocks of both machines.',
  },
  forbidden: {
    meaning:
      'The role does not allow this. When connecting: the token is for another room, or the page has another origin.',
    seenBy: 'the call; `join()`',
    whatToDo: 'Hide what the [role](tokens-and-roles.md) does not allow; check `allowedOrigins`.',
  },
  room_not_found: {
    meaning: 'The room is not open, and this token may not open it (`createRooms`).',
    seenBy: '`join()`, the event `left`',
    whatToDo: 'Try again after the host has joined.',
  },
  unsupported_version: {
    meaning: "The server does not speak this SDK's version of the protocol.",
    seenBy: '`join()`, the event `left`',
    whatToDo: 'Update the older one; ask people to reload the page.',
  },
  verification_timeout: {
    meaning:
      'The server did not verify the token in time (5 s by default), or a held connection did not join in time (5 min by default), or a welcome was not confirmed in 10 s.',
    seenBy: 'the event `goodbye`',
    whatToDo: 'Nothing: the client tries again.',
  },
  superseded: {
    meaning: 'The same identity joined in another tab or on another device.',
    seenBy: 'the event `left` of the older session; with `duplicateSessions: "reject"` the `join()` of the newer one',
    whatToDo: 'Show it, with a button that joins here again.',
  },
  room_ended: {
    meaning: 'The room has ended; the server rejects its id for a minute.',
    seenBy: 'the event `left` of all in the room; after that, `join()`',
    whatToDo: 'Show that the room has ended.',
  },
  removed: {
    meaning: 'A moderator removed this identity from the room, or banned it.',
    seenBy:
      'the event `left`; then `join()`, until the room closes or the minutes are over, or until the ban is lifted',
    whatToDo: 'Do not join again automatically.',
  },
  room_full: {
    meaning: 'All seats are taken. One seat is kept for a host while there is none.',
    seenBy: '`join()`',
    whatToDo: 'Offer to try again.',
  },
  room_locked: {
    meaning: 'The room is locked: only hosts and its own participants can join.',
    seenBy: '`join()`',
    whatToDo: 'Offer to try again.',
  },
  busy: {
    meaning:
      'The server has the maximum of connections from this network (a school, a company). `retryAfterMs` says when to try again.',
    seenBy: '`join()`. A joined client comes back after that time',
    whatToDo: 'Offer to try again; raise `maxSocketsPerAddress` if many people share an address.',
  },
  rate_limited: {
    meaning: 'Too many messages, casts or joins in a short time. `retryAfterMs` says when to try again.',
    seenBy: 'the call; the event `goodbye` after a flood',
    whatToDo: 'Rare, because the SDK respects the limits. Slow down code that calls in a loop.',
  },
  slow_consumer: {
    meaning: 'This connection was too slow for the data of the room.',
    seenBy: 'the event `goodbye`',
    whatToDo: 'Nothing: the client comes back and catches up.',
  },
  draining: {
    meaning: 'The server is shutting down.',
    seenBy: 'the event `goodbye`',
    whatToDo: 'Nothing: the client comes back, spread over some seconds.',
  },
  unavailable: {
    meaning:
      'The server cannot do this now; or the connection is down and the call does not wait; or a new instance of the room opened before the server answered.',
    seenBy: 'the call; the event `goodbye`',
    whatToDo: 'Offer to try again.',
  },
  invalid: {
    meaning: 'A value has the wrong form, or the call is not possible now: no text, no emoji, no raised hand.',
    seenBy: 'the call',
    whatToDo: 'Check the value before the call.',
  },
  peer_not_found: {
    meaning: 'There is no such participant in the room (any more), or no edge to it.',
    seenBy: 'the call',
    whatToDo: 'Nothing: the participant has just left.',
  },
  bad_description: {
    meaning:
      'An offer or answer has other sections than the layout: audio, video, video, audio, application, in this order and no more.',
    seenBy: 'clients other than the SDK, which makes no such descriptions',
    whatToDo: 'Make the four transceivers and the data channel of the layout, before the offer.',
  },
  message_not_found: {
    meaning: 'The chat message was deleted, or is not kept any more.',
    seenBy: '`chat.delete`, `moderation.ban`; `chat.history` of its `before`',
    whatToDo: 'Nothing; read the history before another message.',
  },
  ban_not_found: {
    meaning: 'There is no such ban: it was lifted.',
    seenBy: '`moderation.unban`',
    whatToDo: 'Ask `moderation.bans()` again.',
  },
  bans_full: {
    meaning: 'The room has 1,000 bans, the maximum.',
    seenBy: '`moderation.ban`',
    whatToDo: 'Lift one, or kick: a kick holds until the room closes.',
  },
  stage_full: {
    meaning: "The stage has the maximum of the room's mode.",
    seenBy: '`stage.request` with an invitation, `stage.approve`, `stage.invite`, `moderation.setRole`',
    whatToDo: 'One participant has to step down first.',
  },
  source_not_allowed: {
    meaning: "The room's mode does not allow this source.",
    seenBy: '`media.publish`, `media.shareScreen`',
    whatToDo: 'Show only the buttons of `state.room.mode.sources`.',
  },
  payload_too_large: {
    meaning: 'A text or value is larger than the server accepts.',
    seenBy: '`chat.send`, `data.send`; any call whose values do not fit a frame',
    whatToDo: 'Shorten it.',
  },
  internal: {
    meaning: 'An internal error. `cause` may have details.',
    seenBy: 'the call',
    whatToDo: 'Report it.',
  },
}

/** A code without a text does not compile. */
export const TEXTS = { ...LOCAL, ...REMOTE } satisfies Readonly<Record<ErrorCode, ErrorText>>
