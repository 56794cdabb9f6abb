// Types that apps see are written out, so that an editor shows their fields. The compiler holds each against the wire's schema.

import type { InferOutput } from 'valibot'
import { expectTypeOf, test } from 'vitest'
import type { ChatHistoryResult, ChatMessage, chatHistoryResult, chatMessage } from '../../src/protocol/chat'
import type { BanListResult, banListResult, ListedBan, listedBan } from '../../src/protocol/moderation'
import type { Mode, ModeName, mode, modeName } from '../../src/protocol/roles'
import type { Presence, presence } from '../../src/protocol/session'
import type { SourceState, sourceState } from '../../src/protocol/sources'
import type { StageInvitation, StageRequest, stageInvitation, stageRequest } from '../../src/protocol/stage'

test('what is declared is what the schemas give', () => {
  expectTypeOf<ChatMessage>().toEqualTypeOf<InferOutput<typeof chatMessage>>()
  expectTypeOf<ChatHistoryResult>().toEqualTypeOf<InferOutput<typeof chatHistoryResult>>()
  expectTypeOf<SourceState>().toEqualTypeOf<InferOutput<typeof sourceState>>()
  expectTypeOf<ListedBan>().toEqualTypeOf<InferOutput<typeof listedBan>>()
  expectTypeOf<BanListResult>().toEqualTypeOf<InferOutput<typeof banListResult>>()
  expectTypeOf<Mode>().toEqualTypeOf<InferOutput<typeof mode>>()
  expectTypeOf<ModeName>().toEqualTypeOf<InferOutput<typeof modeName>>()
  expectTypeOf<Presence>().toEqualTypeOf<InferOutput<typeof presence>>()
  expectTypeOf<StageRequest>().toEqualTypeOf<InferOutput<typeof stageRequest>>()
  expectTypeOf<StageInvitation>().toEqualTypeOf<InferOutput<typeof stageInvitation>>()
})
