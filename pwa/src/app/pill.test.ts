import { expect, test } from 'vitest';
import english from '$shared/locales/en.json';
import korean from '$shared/locales/ko.json';
import vietnamese from '$shared/locales/vi.json';
import chinese from '$shared/locales/zh.json';
import { type Catalogue, type Language, messageAt, say } from './i18n/catalogue';
import { pillFace } from './pill';
import type { SyncStanding } from './shell.svelte';

const CALM: SyncStanding = {
  waiting: 0,
  held: 0,
  resending: 0,
  sent_at: null,
  reachable: true,
  trouble: null,
};
const said = (standing: Partial<SyncStanding>, time: string | null = '14:46') =>
  pillFace({ ...CALM, ...standing }, time).parts.map((part) => part.key);

test('all sent is said only when nothing waits, nothing is held and the server was reached', () => {
  for (const waiting of [0, 1, 3])
    for (const held of [0, 1])
      for (const reachable of [true, false])
        for (const trouble of ['unread', 'refused', 'outdated', 'busy', null] as const) {
          const known = trouble === null || trouble === 'busy';
          const calm = waiting === 0 && held === 0 && reachable && known;
          const keys = said({ waiting, held, reachable, trouble });
          expect(keys.some((key) => key.startsWith('sync.all_sent'))).toBe(calm);
        }
});

test('what needs an answer comes before what waits', () => {
  expect(said({ waiting: 2, held: 1, reachable: false })).toEqual(['sync.needs_answer', 'sync.waiting']);
});

test('without a network the pill says so, with what is kept here', () => {
  expect(said({ reachable: false })).toEqual(['sync.no_network_sent']);
  expect(said({ reachable: false, waiting: 4 })).toEqual(['sync.kept_here_sent']);
});

test('a time that is not known is not said', () => {
  expect(said({ waiting: 3 }, null)).toEqual(['sync.waiting']);
  expect(said({}, null)).toEqual(['sync.all_sent']);
});

test('what a server lost that went back in time is not called sent', () => {
  expect(said({ resending: 3 })).toEqual(['sync.restored']);
});

test('before storage is read, and where it can not be, nothing is claimed', () => {
  expect(said({ trouble: 'unread' })).toEqual(['sync.unread']);
  expect(said({ trouble: 'unread', waiting: 2, held: 1 })).toEqual(['sync.unread']);
});

const WORDS: readonly [Partial<SyncStanding>, Record<Language, string>][] = [
  [
    { resending: 3 },
    {
      en: 'Server restored · sending 3 again',
      ko: '서버 복구됨 · 3건 다시 전송 중',
      zh: '服务器已恢复 · 正在重发 3 条',
      vi: 'Máy chủ đã khôi phục · đang gửi lại 3',
    },
  ],
  [
    {},
    { en: 'All sent · 14:46', ko: '모두 전송됨 · 14:46', zh: '已全部发送 · 14:46', vi: 'Đã gửi hết · 14:46' },
  ],
  [
    { trouble: 'unread' },
    {
      en: 'Storage not read yet',
      ko: '저장소를 아직 읽지 못함',
      zh: '尚未读取存储',
      vi: 'Chưa đọc được bộ nhớ',
    },
  ],
  [
    { waiting: 2, reachable: false, trouble: 'refused' },
    {
      en: 'Tablet not known · 2 kept here',
      ko: '등록되지 않은 태블릿 · 2건 보관',
      zh: '服务器不认识此平板 · 此处保留 2 条',
      vi: 'Máy chủ không nhận ra máy này · giữ 2 ở đây',
    },
  ],
  [
    { waiting: 2, trouble: 'outdated' },
    {
      en: 'Update needed · 2 waiting',
      ko: '업데이트 필요 · 2건 대기',
      zh: '需要更新 · 2 条待发',
      vi: 'Cần cập nhật · 2 chờ gửi',
    },
  ],
  [
    { waiting: 2, reachable: false, trouble: 'busy' },
    {
      en: 'Server busy · 2 kept here',
      ko: '서버 응답 지연 · 2건 보관',
      zh: '服务器繁忙 · 此处保留 2 条',
      vi: 'Máy chủ bận · giữ 2 ở đây',
    },
  ],
  [
    { waiting: 2, reachable: false },
    {
      en: 'No network · 2 kept here · sent 14:46',
      ko: '네트워크 없음 · 2건 보관 · 14:46 전송',
      zh: '无网络 · 此处保留 2 条 · 14:46 已发送',
      vi: 'Không có mạng · giữ 2 ở đây · gửi lúc 14:46',
    },
  ],
  [
    { waiting: 2, held: 1 },
    {
      en: '1 needs your answer · 2 waiting',
      ko: '1건 답변 필요 · 2건 대기',
      zh: '1 条需要您答复 · 2 条待发',
      vi: '1 cần bạn trả lời · 2 chờ gửi',
    },
  ],
];
const CATALOGUES: Record<Language, Catalogue> = {
  en: english,
  ko: korean,
  zh: chinese,
  vi: vietnamese,
};

test.each(WORDS)('%j is said in every language', (standing, expected) => {
  for (const [language, words] of Object.entries(expected) as [Language, string][]) {
    const { parts } = pillFace({ ...CALM, ...standing }, '14:46');
    const spoken = parts.map(({ key, params }) =>
      say(messageAt(CATALOGUES[language], key) ?? key, params, language),
    );
    expect(spoken.join(' · ')).toBe(words);
  }
});
