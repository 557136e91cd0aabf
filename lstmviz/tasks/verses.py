"""Short texts that come along, to be learned letter by letter; all in the public domain."""

GOETHE = "Knowing is not enough; we must apply. Willing is not enough; we must do."
"""Johann Wolfgang von Goethe, "Wilhelm Meisters Wanderjahre" (1829), as the notes quote it."""

ANTHEM = """\
O say can you see, by the dawn's early light,
What so proudly we hailed at the twilight's last gleaming,
Whose broad stripes and bright stars through the perilous fight,
O'er the ramparts we watched, were so gallantly streaming?
And the rocket's red glare, the bombs bursting in air,
Gave proof through the night that our flag was still there;
O say does that star-spangled banner yet wave
O'er the land of the free and the home of the brave?"""
"""The first stanza of The Star-Spangled Banner (Francis Scott Key, 1814)."""

AEGUKGA = """\
동해 물과 백두산이 마르고 닳도록
하느님이 보우하사 우리나라 만세
무궁화 삼천리 화려 강산
대한 사람 대한으로 길이 보전하세"""
"""The first verse and the chorus of Korea's anthem; who wrote the words (about 1907) is not known for certain."""
