package dev.millrace.transforms.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ProfileTest {

  @Test
  void keepsColumnsInTheOrderOfTheirNames() {
    Profile profile = new Profile();
    profile.column("distance").add(1);
    profile.column("été").add(2);
    profile.column("delay").addNull();
    assertThat(profile.columns().keySet()).containsExactly("delay", "distance", "été");
    assertThat(profile.column("delay").counts().nulls()).isEqualTo(1);
  }

  @Test
  void mergesColumnsOfEitherSideInAnyOrder() {
    Profile left = sample("a", "b");
    Profile right = sample("c", "b");
    Profile there = new Profile();
    there.merge(left);
    there.merge(right);
    Profile back = new Profile();
    back.merge(right);
    back.merge(left);
    assertThat(there.encode()).isEqualTo(back.encode());
    assertThat(there.columns().keySet()).containsExactly("a", "b", "c");
    assertThat(there.column("b").finite()).isEqualTo(2);
    there.column("a").add(9);
    assertThat(left.column("a").finite()).isEqualTo(1);
  }

  @Test
  void decodeTakesBackWhatEncodeWrote() {
    Profile profile = sample("a", "größe", "飛行");
    assertThat(Profile.decode(profile.encode()).encode()).isEqualTo(profile.encode());
    assertThat(Profile.decode(new Profile().encode()).columns()).isEmpty();
  }

  @Test
  void refusesBytesThatItDidNotWrite() {
    byte[] good = sample("a", "b").encode();
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> Profile.decode(cut)).isInstanceOf(IllegalArgumentException.class);
    }
    byte[] unordered = good.clone();
    unordered[3] = 'c';
    assertThatThrownBy(() -> Profile.decode(unordered))
        .hasMessageContaining("the columns are not in order");
  }

  @Test
  void refusesANameThatIsNone() {
    assertThatThrownBy(() -> new Profile().column(" "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot profile a column named ' ': a column's name is valid Unicode and not blank.");
    assertThatThrownBy(() -> new Profile().column("\uD800"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Profile sample(String... names) {
    Profile profile = new Profile();
    for (String name : names) {
      profile.column(name).add(name.length());
    }
    return profile;
  }
}
